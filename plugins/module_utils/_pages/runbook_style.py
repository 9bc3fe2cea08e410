# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixed parts of the runbook's HTML page. No value of a tenant is ever put into the style or the script."""

from __future__ import annotations

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import copying

STYLE = (
    copying.STYLE
    + """
:root { color-scheme: light dark; --text: #1c2430; --soft: #566173; --page: #f5f6f8; --card: #ffffff; --line: #d5dae2;
  --accent: #0b5fcc; --box: #eef1f5; --good: #1b7a3d; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --soft: #a3adbb; --page: #14181e; --card: #1d232b; --line: #38414d;
    --accent: #7ab4ff; --box: #11151a; --good: #6fd08f; }
}
* { box-sizing: border-box; }
body { margin: 0; overflow-wrap: anywhere; background: var(--page); color: var(--text);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.35rem; margin: .5rem 0; }
h2 { font-size: 1.1rem; margin: 0 0 .25rem; }
h3 { font-size: .95rem; margin: 1rem 0 .4rem; padding: .35rem .6rem; background: var(--box); border-left: 3px solid var(--accent); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; margin: 1rem 0; }
ol { list-style: none; margin: 0; padding: 0; }
li { display: grid; grid-template-columns: 1.6rem minmax(0, 1fr); padding: .5rem .25rem; border-top: 1px solid var(--line); }
li:first-child { border-top: 0; }
li.ticked .do { color: var(--soft); text-decoration: line-through; }
input { width: 1.05rem; height: 1.05rem; margin: .15rem 0 0; accent-color: var(--accent); }
.tenant, .why, .lead, .count { color: var(--soft); }
.counts { margin: .6rem 0 0; }
summary { margin-top: .5rem; color: var(--accent); cursor: pointer; }
.why { display: block; font-size: .82rem; }
.value { display: flex; gap: .5rem; align-items: center; flex-wrap: wrap; margin: .3rem 0; }
.field { font-weight: 600; }
code { flex: 1 1 12rem; min-width: 0; padding: .35rem .5rem; border: 1px solid var(--line); border-radius: 5px; background: var(--box);
  font: .9rem/1.3 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; }
button { padding: .35rem .7rem; border: 1px solid var(--accent); border-radius: 5px; background: transparent; color: var(--accent);
  font: inherit; font-size: .85rem; cursor: pointer; }
button:focus-visible, input:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.done { color: var(--good); font-weight: 600; }
@media print {
  :root { --text: #000; --soft: #333; --page: #fff; --card: #fff; --line: #999; --box: #fff; --accent: #000; --good: #000; }
  html, body, code, h3, .why { font-size: 9pt; }
  main { max-width: none; padding: 0; }
  summary { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  section { border: 0; padding: 0; }
  li, h3 { break-inside: avoid; }
  h1, h2, h3, .tenant, .counts { break-after: avoid; }
}
"""
)

SCRIPT = (
    """
"use strict";
(function () {
  function remembered(key) { try { return window.localStorage.getItem(key); } catch (error) { return null; } }
  function remember(key, on) {
    try { if (on) { window.localStorage.setItem(key, "1"); } else { window.localStorage.removeItem(key); } } catch (error) { return; }
  }
  var boxes = Array.prototype.slice.call(document.querySelectorAll("input[data-key]"));
  var count = document.getElementById("count");
  function show() {
    boxes.forEach(function (box) { box.closest("li").classList.toggle("ticked", box.checked); });
    count.textContent = boxes.filter(function (box) { return box.checked; }).length + " of " + boxes.length + " ticked";
  }
  boxes.forEach(function (box) {
    if (!box.disabled && remembered(box.dataset.key)) { box.checked = true; }
    box.addEventListener("change", function () { remember(box.dataset.key, box.checked); show(); });
  });
"""
    + copying.SCRIPT
    + """
  show();
}());
"""
)
