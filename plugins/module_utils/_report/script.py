# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script of the report's page. No value of a tenant is ever put into it."""

from __future__ import annotations

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import copying

SCRIPT = (
    """
"use strict";
(function () {
  function plain(text) { return text.normalize("NFKD").replace(/[\\p{M}\\u200c\\u200d]/gu, "").toLowerCase(); }
  function each(found, act) { Array.prototype.forEach.call(found, act); }
  each(document.querySelectorAll(".search"), function (form) {
    var input = form.querySelector("input"), said = form.querySelector("output"), lists;
    function look() {
      return Array.prototype.map.call(form.parentNode.querySelectorAll(".list"), function (list) {
        return { list: list, rows: Array.prototype.map.call(list.querySelectorAll("tbody tr"), function (row) {
          return { row: row, text: plain(row.textContent) };
        }) };
      });
    }
    function show() {
      var words = plain(input.value).split(/\\s+/).filter(Boolean), found = 0, all = 0;
      lists = lists || look();
      lists.forEach(function (one) {
        var fitting = 0;
        one.rows.forEach(function (entry) {
          var fits = words.every(function (word) { return entry.text.indexOf(word) >= 0; });
          if (entry.row.hidden === fits) { entry.row.hidden = !fits; }
          if (fits) { fitting += 1; }
        });
        one.list.hidden = words.length > 0 && fitting === 0;
        found += fitting;
        all += one.rows.length;
      });
      said.textContent = words.length ? found + " of " + all + " rows" : "";
    }
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    input.addEventListener("input", show);
    if (input.value) { show(); }
  });
  var collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  function key(row, column) {
    var cell = row.cells[column], exact = cell.querySelector("data, time");
    return exact ? exact.value || exact.dateTime : cell.textContent;
  }
  function sort(table, column, sign) {
    var body = table.tBodies[0];
    var rows = Array.prototype.map.call(body.rows, function (row) { return { row: row, key: key(row, column) }; });
    rows.sort(function (one, other) { return sign * collator.compare(one.key, other.key); });
    rows.forEach(function (one) { body.appendChild(one.row); });
  }
  each(document.querySelectorAll("table.sortable"), function (table) {
    var heads = table.tHead.rows[0].cells;
    table.classList.add("sorts");
    each(heads, function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        each(heads, function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, column, down ? -1 : 1);
      });
    });
  });
"""
    + copying.SCRIPT
    + """
}());
"""
)
