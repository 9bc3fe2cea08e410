# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values and commands with a button that copies them, for every page. Pure; the script is fixed."""

from __future__ import annotations

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.html import text

# read out when something was copied
LIVE_REGION = '<p class="unseen" id="said" role="status"></p>'


def copyable(value: str, what: str) -> str:
    """The value and its button, which the script shows. ``what`` tells the buttons of a page apart, for whoever hears them."""
    button = '<button type="button" class="copy" hidden><span>Copy</span><span class="unseen"> %s</span></button>' % text(what)
    return "<code>%s</code> %s" % (text(value), button)


# to be put within the function of a page's script
SCRIPT = """
  function select(code) {
    var range = document.createRange(), selection = window.getSelection();
    range.selectNodeContents(code); selection.removeAllRanges(); selection.addRange(range);
  }
  function fallBack(code) { select(code); try { return document.execCommand("copy"); } catch (error) { return false; } }
  function say(button, copied) {
    var word = button.firstElementChild;
    word.textContent = copied ? "Copied" : "Selected: press Ctrl+C";
    document.getElementById("said").textContent = word.textContent + ": " + button.lastElementChild.textContent;
    window.setTimeout(function () { word.textContent = "Copy"; }, 2500);
  }
  document.querySelectorAll("button.copy").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var code = button.parentNode.querySelector("code");
      if (navigator.clipboard && window.isSecureContext) {
        navigator.clipboard.writeText(code.textContent).then(function () { say(button, true); }, function () { say(button, fallBack(code)); });
      } else { say(button, fallBack(code)); }
    });
  });
"""

STYLE = """
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media print { button { display: none; } }
"""
