# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the bill of materials of a built collection: CycloneDX 1.6, JSON.

Usage: sbom.py TARBALL OUTPUT

What it says is read from the tarball, so it is the same for the same tarball: the time is that of the tarball's entries, the serial number is
made of its digest.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import pathlib
import sys
import tarfile
import typing as t
import uuid

import yaml
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement

# Not every version says it in the metadata that it installs, and the bill must not depend on what is installed here.
LICENSES = {"ansible-core": "GPL-3.0-or-later", "requests": "Apache-2.0"}


def main() -> None:
    """Read the tarball, write the bill, and refuse one that the schema does not allow."""
    tarball, output = (pathlib.Path(argument) for argument in sys.argv[1:3])
    text = JsonV1Dot6(bill(tarball)).output_as_string(indent=2)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise SystemExit(f"The bill of materials is not CycloneDX 1.6: {error}")
    output.write_text(text + "\n", encoding="utf-8")


def bill(tarball: pathlib.Path) -> Bom:
    """The collection, and what it requires."""
    with tarfile.open(tarball) as archive:

        def read(name: str) -> str:
            return archive.extractfile(name).read().decode()  # type: ignore[union-attr]

        manifest = archive.getmember("MANIFEST.json")
        info: dict[str, t.Any] = json.loads(read("MANIFEST.json"))["collection_info"]
        requirements = ["ansible-core" + yaml.safe_load(read("meta/runtime.yml"))["requires_ansible"]]
        requirements += [line for line in read("requirements.txt").splitlines() if line and not line.startswith("#")]
    if info["dependencies"]:
        raise SystemExit("scripts/sbom.py does not know yet how to write down that the collection depends on others.")

    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"sha256:{digest}"))
    bom.metadata.timestamp = datetime.datetime.fromtimestamp(manifest.mtime, datetime.timezone.utc)
    # "ansible" is proposed as a type of package URLs, but not registered
    url = PackageURL(type="generic", name=f"{info['namespace']}.{info['name']}", version=info["version"])
    bom.metadata.component = Component(
        type=ComponentType.LIBRARY,
        group=info["namespace"],
        name=info["name"],
        version=info["version"],
        description=info["description"],
        licenses=[LicenseFactory().make_from_string(name) for name in info["license"]],
        purl=url,
        bom_ref=str(url),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        external_references=[
            ExternalReference(type=ExternalReferenceType.VCS, url=XsUri(info["repository"])),
            ExternalReference(type=ExternalReferenceType.ISSUE_TRACKER, url=XsUri(info["issues"])),
        ],
    )
    needed = [required(Requirement(line)) for line in requirements]
    bom.components.update(needed)
    bom.register_dependency(bom.metadata.component, needed)
    return bom


def required(requirement: Requirement) -> Component:
    """A package from PyPI. Which version is installed is the user's choice, so there is a range and no version."""
    url = PackageURL(type="pypi", name=requirement.name)
    return Component(
        type=ComponentType.LIBRARY,
        name=requirement.name,
        licenses=[LicenseFactory().make_from_string(LICENSES[requirement.name])],
        purl=url,
        bom_ref=str(url),
        properties=[Property(name="unity_jumpcloud.scim:requirement", value=str(requirement))],
    )


if __name__ == "__main__":
    main()
