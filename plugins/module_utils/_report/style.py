# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixed parts of the report's page. No value of a tenant is ever put into the style or the script."""

from __future__ import annotations

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import copying

STYLE = (
    copying.STYLE
    + """
:root { color-scheme: light dark; --text: #16202c; --soft: #536071; --page: #f3f5f9; --card: #ffffff; --line: #dce2ea; --zebra: #f8fafc;
  --accent: #1c5fd1; --green: #176b38; --amber: #8a5200; --red: #b3241d; --unknown: #566274;
  --green-tint: #e5f5eb; --amber-tint: #fdf1dc; --red-tint: #fdebe9; --unknown-tint: #edf0f4; --mark: #ffffff;
  --banner-green: #166537; --banner-amber: #7d4b00; --banner-red: #a3211b; --banner-text: #ffffff;
  --shadow: 0 1px 2px rgba(22, 32, 44, .06), 0 6px 20px rgba(22, 32, 44, .05); }
@media (prefers-color-scheme: dark) {
  :root { --text: #e7ecf3; --soft: #a4b0bf; --page: #0e131a; --card: #171e27; --line: #2c3644; --zebra: #1b232e;
    --accent: #86b4ff; --green: #70d795; --amber: #f3be5e; --red: #ff9c93; --unknown: #a9b5c3;
    --green-tint: #14301f; --amber-tint: #382a10; --red-tint: #431d1b; --unknown-tint: #27313d; --mark: #10161d;
    --banner-green: #14532d; --banner-amber: #6b4206; --banner-red: #7f1d1a; --shadow: none; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  overflow-wrap: anywhere; }
.width { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; z-index: 2; padding: .5rem .9rem; background: var(--card); border-radius: 8px; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
header.top { padding: 1.75rem 0 1rem; }
.eyebrow { margin: 0; color: var(--soft); font-size: .8rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; }
h1 { margin: .15rem 0 .35rem; font-size: clamp(1.45rem, 4vw, 2rem); line-height: 1.2; letter-spacing: -.015em; }
.checked { margin: 0; color: var(--soft); }
nav ul { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; margin: .9rem 0 0; padding: 0; list-style: none; font-size: .9rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.banner { display: flex; gap: 1.1rem; align-items: center; padding: 1.15rem 1.35rem; border-radius: 16px; color: var(--banner-text);
  box-shadow: var(--shadow); }
.banner.in_sync { background: var(--banner-green); }
.banner.drift { background: var(--banner-red); }
.banner.error { background: var(--banner-amber); }
.banner svg { flex: none; width: 46px; height: 46px; }
.banner h2 { margin: 0; font-size: 1.4rem; line-height: 1.2; }
.banner p { margin: .2rem 0 0; }
.banner > div { flex: 1; min-width: 0; }
.worst { margin-top: .7rem; padding-top: .6rem; border-top: 1px solid currentColor; }
.command { display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: center; margin: .35rem 0 .1rem; }
.command code { flex: 0 1 auto; padding: .3rem .6rem; border: 1px solid var(--line); border-radius: 8px; background: var(--page); color: var(--text);
  font: .84rem/1.45 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; }
button { padding: .25rem .7rem; border: 1px solid currentColor; border-radius: 8px; background: transparent; color: var(--accent); font: inherit;
  font-size: .84rem; cursor: pointer; }
.banner button { color: inherit; }
.banner :focus-visible { outline-color: currentColor; }
button[hidden], .list[hidden] { display: none; }
.why { margin: .75rem 0 0; padding: .8rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--amber); border-radius: 10px;
  background: var(--card);
  white-space: pre-wrap; font: .88rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .75rem 1.5rem; margin: 1rem 0; }
.figures > :last-child { grid-column: 1 / -1; }
.figures h2 { margin: 0 0 .35rem; color: var(--soft); font-size: .9rem; font-weight: 600; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.2rem, 1fr)); gap: .6rem; margin: 0; padding: 0; list-style: none; }
.tiles li { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: .6rem .75rem; background: var(--card);
  border: 1px solid var(--line);
  border-radius: 12px; box-shadow: var(--shadow); }
.tiles b { font-size: 1.45rem; line-height: 1.15; font-variant-numeric: tabular-nums; letter-spacing: -.02em; }
.tiles span { color: var(--soft); font-size: .84rem; }
.tiles .red b { color: var(--red); }
.tiles .amber b { color: var(--amber); }
section { margin: 1rem 0; padding: 1.15rem 1.35rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 16px;
  box-shadow: var(--shadow); }
section > h2 { margin: 0 0 .6rem; font-size: 1.15rem; letter-spacing: -.01em; }
h3 { display: flex; gap: .5rem; align-items: center; margin: 1.4rem 0 .1rem; font-size: 1rem; }
.count { padding: 0 .55rem; border-radius: 99px; background: var(--unknown-tint); color: var(--text); font-size: .82rem; font-variant-numeric: tabular-nums; }
.meaning { margin: .1rem 0 .5rem; color: var(--soft); font-size: .9rem; }
.cut { color: var(--text); }
dl.subject { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .6rem 1.5rem; margin: 0; }
dl.subject dt { color: var(--soft); font-size: .84rem; }
dl.subject div:last-child { grid-column: span 2; }
dl.subject dd { margin: 0; font-variant-numeric: tabular-nums; }
ul.plain { margin: 0; padding: 0; list-style: none; }
ul.plain li { padding: .5rem 0; border-top: 1px solid var(--line); }
ul.plain li:first-child { border-top: 0; }
ul.chips { display: flex; flex-wrap: wrap; gap: .4rem; margin: .4rem 0 0; padding: 0; list-style: none; }
ul.chips li, .tag { display: inline-block; padding: .05rem .6rem; border-radius: 99px; background: var(--unknown-tint); font-size: .84rem;
  }
svg.badge { flex: none; vertical-align: -.28em; }
.badge .mark { fill: none; stroke: var(--mark); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.badge.green .body { fill: var(--green); }
.badge.amber .body { fill: var(--amber); }
.badge.red .body { fill: var(--red); }
.badge.unknown .body { fill: var(--unknown); }
.banner .badge .body { fill: none; stroke: currentColor; stroke-width: 1.6; }
.banner .badge .mark { stroke: currentColor; }
.state { display: inline-flex; gap: .4rem; align-items: center; font-weight: 600; white-space: nowrap; }
.state.green, .word.green { color: var(--green); fill: var(--green); }
.state.amber, .word.amber { color: var(--amber); fill: var(--amber); }
.state.red, .word.red { color: var(--red); fill: var(--red); }
.state.unknown, .word.unknown { color: var(--unknown); fill: var(--unknown); }
svg.checks { display: block; width: 100%; margin: .4rem 0 .8rem; }
svg.checks.down { display: none; max-width: 20rem; }
.checks .title { fill: var(--text); font-size: 15.5px; font-weight: 600; }
.checks .word { font-size: 14px; font-weight: 600; }
.checks.down .title { font-size: 17px; }
.checks.down .word { font-size: 15px; }
.tile { fill: var(--unknown-tint); stroke: var(--unknown); stroke-width: 1.6; }
.node.green .tile { fill: var(--green-tint); stroke: var(--green); }
.node.amber .tile { fill: var(--amber-tint); stroke: var(--amber); }
.node.red .tile { fill: var(--red-tint); stroke: var(--red); }
.icon { fill: none; stroke: var(--unknown); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.node.green .icon { stroke: var(--green); }
.node.amber .icon { stroke: var(--amber); }
.node.red .icon { stroke: var(--red); }
.node .badge .body { stroke: var(--card); stroke-width: 2.4; paint-order: stroke; }
line.check { stroke-width: 4; stroke-linecap: round; }
.check.green { stroke: var(--green); }
.check.amber { stroke: var(--amber); stroke-dasharray: 9 8; }
.check.red { stroke: var(--red); }
.check.unknown { stroke: var(--unknown); stroke-dasharray: .1 9; }
.break { fill: none; stroke: var(--red); stroke-width: 2.6; stroke-linecap: round; }
.scroll { position: relative; overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; }
.scroll.long { content-visibility: auto; contain-intrinsic-block-size: auto 120rem; }
table { width: 100%; border-collapse: collapse; font-size: .88rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { padding: .55rem .8rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-size: .8rem; font-weight: 600; background: var(--zebra); white-space: nowrap; }
tbody th { font-weight: 600; }
button.sort { margin: -.3rem -.45rem; padding: .3rem .45rem; border-color: transparent; color: inherit; font-size: inherit; font-weight: inherit; }
button.sort::after { content: "\\2195"; padding-left: .35rem; opacity: .75; }
[aria-sort="ascending"] button.sort::after { content: "\\2191"; opacity: 1; }
[aria-sort="descending"] button.sort::after { content: "\\2193"; opacity: 1; }
td time, th time { white-space: nowrap; }
tbody tr:nth-child(even) { background: var(--zebra); }
.checks .command code { font-size: .78rem; }
.none { color: var(--soft); }
.scroll + .meaning { margin: .6rem 0 0; }
.empty { margin-top: 1.2rem; }
.search { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: center; margin: .2rem 0 .8rem; }
.search input { flex: 1 1 14rem; max-width: 26rem; min-width: 0; padding: .5rem .8rem; border: 1px solid var(--soft); border-radius: 10px;
  background: var(--page);
  color: var(--text); font: inherit; }
.search output { color: var(--soft); font-size: .88rem; }
.search[hidden], tr[hidden] { display: none; }
.failure-card { margin: .7rem 0 0; padding: .85rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--unknown); border-radius: 10px; }
.failure-card.open { border-left-color: var(--red); }
.failure-card h3 { margin: 0 0 .2rem; }
.failure-card p { margin: .25rem 0; }
.failure-card code { display: block; margin-top: .4rem; padding: .45rem .7rem; border-radius: 8px; background: var(--page);
  font: .84rem/1.45 ui-monospace, Menlo, Consolas, monospace;
  white-space: pre-wrap; }
.figure { overflow-x: auto; }
svg.timeline { display: block; width: 100%; min-width: 34rem; }
.timeline text { fill: var(--soft); font-size: 13px; }
.axis { stroke: var(--line); stroke-width: 1.5; }
.success { fill: var(--green); }
.failure { fill: var(--red); }
.pole { stroke: var(--accent); stroke-width: 1.5; stroke-dasharray: 3 3; }
.flag { stroke: var(--accent); stroke-width: 1.5; stroke-linejoin: round; }
.flag.on { fill: var(--accent); }
.flag.off { fill: var(--card); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .5rem 0 0; padding: 0; color: var(--soft); font-size: .86rem; list-style: none; }
.legend svg { width: 14px; height: 14px; vertical-align: -2px; margin-right: .35rem; }
.sparks { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .9rem; margin: .8rem 0 0; padding: 0; list-style: none; }
.sparks li { padding: .75rem .9rem; border: 1px solid var(--line); border-radius: 12px; }
.sparks p { display: flex; justify-content: space-between; align-items: baseline; margin: 0 0 .3rem; color: var(--soft); font-size: .88rem; }
.sparks b { color: var(--text); font-size: 1.2rem; font-variant-numeric: tabular-nums; }
svg.spark { display: block; width: 100%; }
.spark .line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.spark .area { fill: var(--accent); opacity: .14; }
.spark .dot { fill: var(--accent); }
svg.outcomes { display: block; width: 100%; min-width: 20rem; }
.outcomes .in_sync { fill: var(--green); }
.outcomes .drift { fill: var(--red); }
.outcomes .error { fill: none; stroke: var(--amber); stroke-width: 2; }
details { margin-top: .8rem; }
summary { color: var(--accent); cursor: pointer; font-size: .9rem; }
details .scroll { max-height: 22rem; margin-top: .5rem; overflow-y: auto; }
footer { padding: .6rem 0 2.5rem; color: var(--soft); font-size: .86rem; }
@media screen and (max-width: 64rem) {
  .figures { grid-template-columns: minmax(0, 1fr); }
}
@media screen and (min-width: 46.01rem) {
  th, td { min-width: 6.5rem; }
  .checks tbody th, .steps tbody th { min-width: 8.5rem; }
  .checks td:nth-child(4), .people td:last-child { min-width: 12rem; }
  .checks .command { min-width: 25.5rem; }
  .checks th, .checks td { padding: .55rem .65rem; }
  .people tbody th, .events td:nth-child(3) { min-width: 16.5rem; }
  .events tbody th { min-width: 11rem; }
  .events td:nth-child(2), .events td:last-child { min-width: 9rem; }
  .events td:nth-child(4) { min-width: 10.5rem; }
}
@media screen and (max-width: 46rem) {
  .width { padding: 0 .85rem; }
  section { padding: 1rem; border-radius: 14px; }
  .banner { align-items: flex-start; padding: 1rem; }
  .banner svg { width: 34px; height: 34px; }
  dl.subject div:last-child { grid-column: auto; }
  svg.checks.across { display: none; }
  svg.checks.down { display: block; }
}
@media screen and (max-width: 46rem) {
  table, tbody { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .sorts thead { display: block; position: static; width: auto; height: auto; clip-path: none; background: var(--zebra); }
  .sorts thead tr { display: flex; flex-wrap: wrap; gap: .2rem .9rem; padding: .5rem .8rem; }
  .sorts thead th { padding: .1rem 0; }
  tbody tr { display: block; padding: .6rem .8rem; border-top: 1px solid var(--line); }
  tbody tr:first-child { border-top: 0; }
  tr[hidden] { display: none; }
  tbody th, tbody td { display: block; padding: .1rem 0; border: 0; }
  tbody td { display: grid; grid-template-columns: 6.5rem 1fr; gap: .6rem; }
  tbody td:empty { display: none; }
  tbody td > .command { grid-column: 2; min-width: 0; }
  tbody td::before { content: attr(data-label); color: var(--soft); font-size: .84rem; }
  tbody .tag { justify-self: start; }
}
@media print {
  :root { color-scheme: light; --text: #000; --soft: #333; --page: #fff; --card: #fff; --line: #b5bcc6; --zebra: #fff; --accent: #1c5fd1; --shadow: none;
    --green: #176b38; --amber: #8a5200; --red: #b3241d; --unknown: #566274; --green-tint: #e5f5eb; --amber-tint: #fdf1dc; --red-tint: #fdebe9;
    --unknown-tint: #edf0f4; --mark: #fff; --banner-green: #166537; --banner-amber: #7d4b00; --banner-red: #a3211b; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  @page { margin: 14mm 12mm; }
  html { font-size: 9pt; }
  body, table, thead th, code, .command code, .checks .command code, .failure-card code, .why, .meaning, .legend, .tiles span,
  .figures h2, .state, .tag, .count, ul.chips li, .checked, .eyebrow, dl.subject dt, .sparks p, footer { font-size: 9pt; }
  tbody th { min-width: 8rem; }
  .checks td:last-child { min-width: 22rem; }
  .tiles li, .sparks li { padding: .5rem .7rem; }
  .width { max-width: none; padding: 0; }
  .search, .search[hidden], nav, .skip, summary { display: none; }
  button.sort { display: contents; }
  button.sort::after { content: none; }
  tr[hidden] { display: table-row; }
  .list[hidden] { display: block; }
  details::details-content { content-visibility: visible; block-size: auto; }
  section { padding: .6rem 0; border: 0; border-top: 1px solid var(--line); border-radius: 0; }
  .scroll, .scroll.long, .figure, details .scroll { overflow: visible; max-height: none; border: 0; content-visibility: visible; }
  th, td { padding: .25rem .4rem; }
  svg.checks.across { display: block; }
  svg.checks.down { display: none; }
  svg.timeline { min-width: 0; }
  tr, li, .failure-card, h2, h3, .meaning, .banner, .figures, svg { break-inside: avoid; }
  h2, h3, .meaning, .legend, svg.checks { break-after: avoid; }
  thead { display: table-header-group; break-inside: avoid; }
}
@media (prefers-reduced-motion: no-preference) {
  html { scroll-behavior: smooth; }
}
@media (forced-colors: active) {
  :root { --text: CanvasText; --soft: CanvasText; --page: Canvas; --card: Canvas; --line: CanvasText; --zebra: Canvas; --accent: LinkText;
    --green: CanvasText; --amber: CanvasText; --red: CanvasText; --unknown: CanvasText; --mark: Canvas; --banner-text: CanvasText;
    --green-tint: Canvas; --amber-tint: Canvas; --red-tint: Canvas; --unknown-tint: Canvas; }
  .banner, .tag, .count, ul.chips li { border: 1px solid CanvasText; }
  .failure-card.open { border-left-width: 10px; }
}
"""
)
