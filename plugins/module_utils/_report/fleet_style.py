# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the overview of many pairs looks, beside what it shares with the report. Fixed text; no value of a tenant gets here."""

from __future__ import annotations

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import style

STYLE = (
    style.STYLE
    + """
.figures > :last-child { grid-column: auto; }
.state::before { content: ""; flex: none; width: .72rem; height: .72rem; background: currentColor; }
.state.in_sync::before { border-radius: 50%; }
.state.error::before { transform: rotate(45deg) scale(.85); }
.state.not_audited::before { clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.since, .of { display: block; color: var(--soft); font-size: .78rem; font-weight: 400; }
.change { color: var(--soft); white-space: nowrap; }
.pairs a { font-weight: 600; }
.pairs tr:has(.not_audited), .pairs tr:has(.state.error) { background: var(--amber-tint); box-shadow: inset 4px 0 var(--amber); }
.pairs tr:has(.not_audited) .since, .pairs tr:has(.not_audited) .of, .pairs tr:has(.state.error) .since, .pairs tr:has(.state.error) .of,
.pairs tr:has(.not_audited) .none, .pairs tr:has(.state.error) .change { color: var(--text); }
svg.runs { display: block; max-width: 100%; }
.runs path { fill: none; stroke-width: 3.4; }
.runs .in_sync { stroke: var(--green); }
.runs .drift { stroke: var(--red); }
.runs .error { stroke: var(--amber); }
@media screen and (min-width: 46.01rem) {
  .pairs th, .pairs td { min-width: 0; padding: .55rem .65rem; }
  .pairs tbody th { min-width: 10rem; }
  .pairs td:nth-child(3) { min-width: 17rem; }
  .pairs td:nth-child(4) { min-width: 8.6rem; }
}
@media screen and (max-width: 46rem) {
  .pairs tbody th { font-size: 1rem; padding-bottom: .25rem; }
  .pairs td:has(.state) { grid-template-columns: 6.5rem auto 1fr; align-items: baseline; }
}
@media print {
  .pairs th, .pairs td { padding: .2rem .35rem; }
  .since, .of, .change { font-size: 9pt; }
  svg.runs { width: 5.5rem; }
}
"""
)
