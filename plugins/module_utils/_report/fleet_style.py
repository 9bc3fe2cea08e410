# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the overview of many pairs looks, beside what it shares with the report. Fixed text; no value of a tenant gets here."""

from __future__ import annotations

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import style

STYLE = (
    style.STYLE
    + """
.width { max-width: 92rem; }
.figures > :last-child { grid-column: auto; }
.tiles { gap: .5rem; }
.tiles li { padding: .6rem; overflow-wrap: normal; }
.tiles b { font-size: 1.3rem; white-space: nowrap; }
.tiles span { font-size: .8rem; }
.state::before { content: ""; flex: none; width: .72rem; height: .72rem; background: currentColor; }
.state.in_sync::before { border-radius: 50%; }
.state.error::before { transform: rotate(45deg) scale(.85); }
.state.not_audited::before { clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.state.error { color: var(--amber); }
.since, .of { display: block; color: var(--soft); font-size: .78rem; font-weight: 400; overflow-wrap: normal; }
.since, .change { white-space: nowrap; }
.change { color: var(--soft); }
.pairs tr:has(.not_audited), .pairs tr:has(.state.error) { background: var(--amber-tint); box-shadow: inset 4px 0 var(--amber); }
.pairs tr:has(.not_audited) .none, .pairs tr:has(.state.error) :is(.since, .of, .change) { color: var(--text); }
svg.runs { display: block; max-width: 100%; }
.runs path { fill: none; stroke-width: 3.4; }
.runs .in_sync { stroke: var(--green); }
.runs .drift { stroke: var(--red); }
.runs .error { stroke: var(--amber); }
@media screen and (max-width: 74rem) {
  .figures { grid-template-columns: minmax(0, 1fr); }
}
@media screen and (min-width: 46.01rem) {
  .pairs th, .pairs td { min-width: 0; padding: .5rem .6rem; }
  .pairs tbody th { min-width: 9rem; }
  .pairs td:nth-child(3) { min-width: 16rem; }
  .pairs td:nth-child(4) { min-width: 8.8rem; }
  .pairs td:last-child { min-width: 6.6rem; }
  .pairs td time { white-space: normal; }
}
@media screen and (max-width: 46rem) {
  .pairs tbody tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: .15rem .6rem; }
  .pairs tr[hidden] { display: none; }
  .pairs tbody th { grid-column: 1 / -1; font-size: 1rem; }
  .pairs tbody td { display: block; }
  .pairs td:nth-child(-n+4), .pairs td:last-child { grid-column: 1 / -1; }
  .pairs td:nth-child(-n+4)::before { content: none; }
  .pairs td::before { margin-right: .5rem; }
  .pairs td:nth-child(n+5):nth-last-child(n+2)::before { display: block; }
  .pairs .since { display: inline; margin-left: .5rem; }
  .pairs tr:has(.not_audited) td:nth-child(n+4) { display: none; }
}
@media print {
  .pairs th, .pairs td { padding: .2rem .35rem; }
  .since, .of, .change, .tiles span { font-size: 9pt; }
  .since, .pairs td time, .pairs thead th { white-space: normal; }
  .pairs thead th, .pairs td:nth-child(n+5) { overflow-wrap: normal; }
  .figures { grid-template-columns: minmax(0, 1fr); gap: .5rem; }
  .tiles { grid-template-columns: repeat(5, 1fr); }
  .pairs tbody th { min-width: 7rem; }
  .pairs td:nth-child(3) { min-width: 12rem; }
  .pairs td:nth-child(4) { min-width: 5.5rem; }
}
"""
)
