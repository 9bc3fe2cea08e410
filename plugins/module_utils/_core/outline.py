# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outline of an answer: which fields it has and of which types, and nothing of what they hold.

A name can be a value, too: of a map by ID, by address or by the name of a person. How a name looks does not tell. So only words that stand in WORDS are
ever shown, which are those of APIs in general; what else a name holds is an ellipsis.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import type_name

WORDS = frozenset(
    """
    access account action activate activated activation active actor added address admin administrator after alias all allowed api app application archived
    assigned assignment association at attribute attributes audience audit auth authentication authenticated authorization available avatar
    base batch bearer before begin body browser bulk by bypass
    callback can category certificate change changed changes client code collection color comment condition config configuration configured confirmed
    connected connection connector console content context core count country create created creation creator credential current cursor custom customer
    data database date deactivate deactivated default delete deleted department deprovision deprovisioning description detail device digest direct
    directory disabled display document documentation domain draft duration
    edit effective element email employee enable enabled encoding end endpoint enforce enforced enforcement enterprise entitlement entity entry environment
    error etag event exchange expired expires expiration expiry export external
    failed failure family feature field file filter first flag flow for foreign format found from full
    gateway generated given global grant granted group guid
    has hash header health hidden hint host href html http https
    icon id identifier identity idp image import in inactive index info inherited initial instance integration interval invalid invitation invite invited
    ip is issue issued issuer item
    job json key kind
    label language last layout legacy level license limit link list locale location locked logo
    manage managed management manager manual mapping max member membership message meta metadata method mfa middle min mode modified module more
    name needs nested next nick none not note notes number
    oauth object of offset oidc on operation option optional order org organisation organization origin out owner
    page pages paging parameter parent part password patch path payload pending per permission phone photo ping plan platform policy post prefix preferred
    previous primary principal priority private problem product profile project properties property provider provision provisioned provisioning public put
    query quota
    rate reactivate reactivation read reason record redirect ref reference refresh region registered relation remaining remove removed request requested
    required reset resource response result results retry revision revoke revoked role root row rule
    saml schema scim scope search secret section security select self send sent sequence server service session set setting settings short sign signed signing
    site size skip slug sort source sso start started state status step storage string structure style sub subject success suffix summary support
    supported suspended sync synced synchronization system
    tag target template tenant test tested text time timeout timestamp timezone title to token total trace transform trusted type
    unit update updated updater upload uri url urn usage use used user username uuid
    valid validated validation value verified verify verification version view visible
    web webhook when with workflow write x xml zone
    """.split()
)
# subtypes of media types; the types before the slash are few
SUBTYPES = frozenset("json problem+json scim+json hal+json vnd.api+json ld+json html xhtml+xml xml plain csv css javascript octet-stream".split())
SCHEMA = re.compile(r"urn:ietf:params:scim:(?:schemas:(?:core|extension:enterprise):2\.0:[A-Z][A-Za-z]{1,30}|api:messages:2\.0:[A-Z][A-Za-z]{1,20})\Z")
NAME = re.compile(r"[A-Za-z0-9_$-]{1,60}\Z")
PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[_$-]+|[0-9]+")
# the upper ends of the classes of lengths
LENGTHS = (0, 16, 64, 256, 4096)
DEEPEST = 8
MOST_VALUES = 2000
MOST_FIELDS = 200
MOST_ITEMS = 100
MOST_KINDS = 8
MORE = "(more)"
ONE_OF = "(one of)"
HIDDEN = "\N{HORIZONTAL ELLIPSIS}"


def outline(value: t.Any) -> t.Any:
    """The outline of a JSON value. Long and deep ones are looked at in part, which it shows."""
    return _Outliner().of(value, DEEPEST)


def length_class(length: int) -> str:
    """About how long something is."""
    lowest = 0
    for highest in LENGTHS:
        if length <= highest:
            return "(%d)" % highest if lowest == highest else "(%d-%d)" % (lowest, highest)
        lowest = highest + 1
    return "(%d+)" % lowest


def shown_name(name: str) -> str:
    """The name of a field, as far as it is made of the words of APIs in general."""
    if SCHEMA.match(name):
        # only its last part could be a word of somebody's own
        return name if set(_words(name.rpartition(":")[2])) <= WORDS else "%s:%s" % (name.rpartition(":")[0], HIDDEN)
    if NAME.match(name) and WORDS & set(_words(name)):
        return re.sub("%s+" % HIDDEN, HIDDEN, PIECE.sub(_shown_piece, name))
    return "a name %s" % length_class(len(name))


def shown_media_type(header: t.Any) -> str | None:
    """The media type without its parameters, if it is a usual one."""
    if not isinstance(header, str) or not header.strip():
        return None
    found = header.partition(";")[0].strip().lower()
    kind, _slash, subtype = found.partition("/")
    return found if kind in ("application", "text") and subtype in SUBTYPES else "another one"


def _words(name: str) -> t.Iterator[str]:
    return (_singular(piece) for piece in PIECE.findall(name) if piece.isalpha())


def _singular(piece: str) -> str:
    word = piece.lower()
    return word if word in WORDS else word.removesuffix("s")


def _shown_piece(found: re.Match[str]) -> str:
    piece = found[0]
    return piece if not piece[0].isalnum() or _singular(piece) in WORDS else HIDDEN


class _Outliner:
    """Looks at so many values, and not at more, whatever the answer is like."""

    def __init__(self) -> None:
        self._left = MOST_VALUES

    def of(self, value: t.Any, depth: int) -> t.Any:
        self._left -= 1
        if isinstance(value, str):
            return "%s %s" % (type_name(str), length_class(len(value)))
        if not isinstance(value, (dict, list)):
            return type_name(type(value))
        if value and not depth:
            return "%s %s" % (type_name(type(value)), MORE)
        return self._of_object(value, depth - 1) if isinstance(value, dict) else self._of_list(value, depth - 1)

    def _of_object(self, value: dict[str, t.Any], depth: int) -> dict[str, t.Any]:
        found: dict[str, list[t.Any]] = {}
        for number, name in enumerate(sorted(value)):
            if number == MOST_FIELDS or self._left <= 0:
                found[MORE] = [MORE]
                break
            _add(found.setdefault(shown_name(name), []), self.of(value[name], depth))
        # several names can be shown alike
        return {name: kinds[0] if len(kinds) == 1 else {ONE_OF: kinds} for name, kinds in sorted(found.items())}

    def _of_list(self, value: list[t.Any], depth: int) -> list[t.Any]:
        kinds: list[t.Any] = []
        for number, item in enumerate(value):
            if number == MOST_ITEMS or len(kinds) == MOST_KINDS or self._left <= 0:
                return [*kinds, MORE]
            _add(kinds, self.of(item, depth))
        return kinds


def _add(kinds: list[t.Any], kind: t.Any) -> None:
    if kind not in kinds:
        kinds.append(kind)
