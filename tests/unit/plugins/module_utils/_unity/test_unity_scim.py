# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway to Unity's SCIM service, and the base URL that a key may be sent to."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, Transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import (
    ScimKey,
    ScimService,
    ScimUser,
    derive_base_url,
    header_from,
    require_base_url,
)
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, meeting, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import everything_in
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import BASE_URL, HEADER, KEY_ID, ORG, SECRET, scim_list, scim_user

USERS = BASE_URL + "/Users"
SCIM = "application/scim+json"
PAGE = {"startIndex": 1, "count": 100}
FEATURES = {"patch": False, "bulk": False, "filter": False, "changePassword": False, "sort": False, "etag": False}


@pytest.fixture
def service(context: Context) -> ScimService:
    return ScimService(BASE_URL, HEADER, Transport(HttpSettings(), context))


def test_the_key_is_sent_as_an_identity_provider_would(http: ExactCalls, service: ScimService) -> None:
    headers = {"Authorization": HEADER, "Accept": SCIM}
    http.expect("GET", USERS, reply(scim_list(total=7), media_type=SCIM), query={"startIndex": 1, "count": 1}, headers=headers)
    assert service.count_users() == 7


def test_the_key_is_masked(context: Context, service: ScimService) -> None:
    assert service and context.masker.redact(SECRET + " " + HEADER) == "******** Basic ********"


@pytest.mark.parametrize(
    "config, expected",
    [
        ({}, FEATURES),
        ({"patch": {"supported": True}, "bulk": None, "filter": {"supported": True, "maxResults": 200}}, {**FEATURES, "patch": True, "filter": True}),
    ],
)
def test_features(http: ExactCalls, service: ScimService, config: dict[str, t.Any], expected: dict[str, bool]) -> None:
    http.expect("GET", BASE_URL + "/ServiceProviderConfig", reply(config, media_type=SCIM))
    assert service.features() == expected


@pytest.mark.parametrize("config", [[], {"patch": True}, {"patch": {"supported": "yes"}}, {"patch": {}}])
def test_features_of_another_shape(http: ExactCalls, service: ScimService, config: t.Any) -> None:
    http.expect("GET", BASE_URL + "/ServiceProviderConfig", reply(config))
    with pytest.raises(UnexpectedAnswer, match="read the service's features"):
        service.features()


def test_users_by_what_the_service_returns(http: ExactCalls, service: ScimService) -> None:
    """The service gives fewer than were asked for: what is missing of the page is asked for again."""
    http.expect("GET", USERS, reply(scim_list(scim_user("1", "ada"), scim_user("2", "bob"), total=3)), query=PAGE)
    rest = scim_list(scim_user("3", "Zoë", externalId="x", active=False), total=3)
    http.expect("GET", USERS, reply(rest, media_type=SCIM), query={"startIndex": 3, "count": 1})
    # a page that was asked for no more than it gave proves no end
    expect_end(http, 3)
    users = list(service.users())
    assert [user.user_name for user in users] == ["ada", "bob", "Zoë"]
    assert users[2].as_result() == {"id": "3", "user_name": "Zoë", "external_id": "x", "active": False, "emails": [], "given_name": None, "family_name": None}


def test_pages_are_read_ahead(http: ExactCalls, context: Context) -> None:
    people = [scim_user(str(number), "user%d" % number) for number in range(350)]
    http.expect("GET", USERS, reply(scim_list(*people[:100], total=350)), query=PAGE)
    together = meeting(3)
    with http.in_any_order():
        for start in (100, 200, 300):
            page = reply(scim_list(*people[start : start + 100], total=350))
            http.expect("GET", USERS, dataclasses.replace(page, meets=together), query={**PAGE, "startIndex": start + 1})
    service = ScimService(BASE_URL, HEADER, Transport(HttpSettings(concurrency=3), context))
    assert [user.id for user in service.users()] == [person["id"] for person in people]


@pytest.mark.parametrize("body", [{"totalResults": 0}, {"totalResults": 0, "Resources": None}, scim_list()])
def test_no_users(http: ExactCalls, service: ScimService, body: t.Any) -> None:
    http.expect("GET", USERS, reply(body), query=PAGE)
    assert list(service.users()) == []


def test_emails(http: ExactCalls, service: ScimService) -> None:
    emails = [{"value": "ada@example.com", "primary": True}, {"type": "work"}, {"value": None}]
    http.expect("GET", USERS, reply(scim_list(scim_user("1", "ada", emails=emails))), query=PAGE)
    expect_end(http, 1)
    assert list(service.users()) == [ScimUser("1", "ada", None, None, ("ada@example.com",))]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"Resources": []},
        {"totalResults": "1"},
        {"totalResults": True},
        scim_list("a"),
        {"totalResults": 1, "Resources": {}},
    ],
)
def test_users_of_another_shape(http: ExactCalls, service: ScimService, body: t.Any) -> None:
    http.expect("GET", USERS, reply(body), query=PAGE)
    with pytest.raises(UnexpectedAnswer, match="list the users"):
        list(service.users())


def expect_end(http: ExactCalls, seen: int) -> None:
    """The proof that there are no more."""
    http.expect("GET", USERS, reply(scim_list(total=seen)), query={**PAGE, "startIndex": seen + 1})


@pytest.mark.parametrize(
    "row, expected",
    [
        ({"id": "1"}, None),
        ({"userName": "a"}, None),
        ({"id": 1, "userName": "a"}, None),
        ({"id": "1", "userName": ""}, None),
        (scim_user("1", "a", active="True"), ScimUser("1", "a", None, True, ())),
        (scim_user("1", "a", active=" false "), ScimUser("1", "a", None, False, ())),
        (scim_user("1", "a", active="maybe"), ScimUser("1", "a", None, None, ())),
        (scim_user("1", "a", active=1), ScimUser("1", "a", None, None, ())),
        (scim_user("1", "a", emails=["a@example.com", None, {"value": "b@example.com"}]), ScimUser("1", "a", None, None, ("a@example.com", "b@example.com"))),
        (scim_user("1", "a", emails={"value": "a@example.com"}), ScimUser("1", "a", None, None, ())),
        (scim_user("1", "a", externalId=42), ScimUser("1", "a", "42", None, ())),
        (scim_user("1", "a", externalId=True), ScimUser("1", "a", None, None, ())),
        (scim_user("1", "a", externalId=""), ScimUser("1", "a", None, None, ())),
        *[(scim_user("1", "a", name=name), ScimUser("1", "a", None, None, ())) for name in ("Ada", ["Ada"], 7, True, None, {"formatted": "Ada"})],
        (scim_user("1", "a", name={"givenName": 7, "familyName": "L"}), ScimUser("1", "a", None, None, (), None, "L")),
    ],
)
def test_an_odd_row_is_made_the_best_of_or_counted(http: ExactCalls, service: ScimService, row: dict[str, t.Any], expected: ScimUser | None) -> None:
    http.expect("GET", USERS, reply(scim_list(row, scim_user("2", "b"))), query=PAGE)
    expect_end(http, 2)
    users = service.users()
    assert list(users) == [*([expected] if expected else []), ScimUser("2", "b", None, None, ())]
    assert users.odd == (0 if expected else 1)


@pytest.mark.parametrize("status", [204, 400, 404, 416])
def test_a_service_may_refuse_to_read_behind_its_end(http: ExactCalls, service: ScimService, status: int) -> None:
    http.expect("GET", USERS, reply(scim_list(scim_user("1", "ada"))), query=PAGE)
    http.expect("GET", USERS, reply(status=status), query={**PAGE, "startIndex": 2})
    assert [user.id for user in service.users()] == ["1"]


def test_find_by_email_compares_again(http: ExactCalls, service: ScimService) -> None:
    """The service ignores the filter; the address is compared whatever its case, first with the userNames."""
    users = [scim_user("2", "bob", emails=[{"value": "Ada@Example.com"}]), scim_user("3", "ada@example.com.evil.net"), scim_user("1", "ADA@example.com")]
    http.expect("GET", USERS, reply(scim_list(*users)), query={**PAGE, "filter": 'userName eq "ada@example.com"'})
    assert [user.id for user in service.find_by_email("ada@example.com")] == ["1"]


@pytest.mark.parametrize("answer", [reply({"scimType": "invalidFilter"}, status) for status in (400, 403, 404, 405, 501)] + [reply(scim_list())])
def test_a_filter_that_finds_nobody_proves_nothing(http: ExactCalls, service: ScimService, answer: t.Any) -> None:
    """Whatever the reason, the list decides; and it is read once for all addresses."""
    http.expect("GET", USERS, answer, query={**PAGE, "filter": 'userName eq "ada@example.com"'})
    users = [scim_user("1", "bob"), *(scim_user(name, name, emails=[{"value": "ADA@example.com"}]) for name in ("x", "y"))]
    http.expect("GET", USERS, reply(scim_list(*users)), query=PAGE)
    expect_end(http, 3)
    assert [user.id for user in service.find_by_email("ada@example.com")] == ["x", "y"]
    assert [user.id for user in service.find_by_email("BOB")] == ["1"]
    assert service.find_by_email("nobody@example.com") == []


@pytest.mark.parametrize("is_known_to_the_filter", [True, False])
def test_who_is_found_does_not_depend_on_what_was_looked_up_before(http: ExactCalls, service: ScimService, is_known_to_the_filter: bool) -> None:
    """The owner of a user name comes alone, be it from a filter or from the list."""
    ada, other = scim_user("1", "Ada@example.com"), scim_user("2", "other", emails=[{"value": "ada@example.com"}])
    found = scim_list(ada) if is_known_to_the_filter else scim_list()
    http.expect("GET", USERS, reply(found), query={**PAGE, "filter": 'userName eq "ada@example.com"'})
    if is_known_to_the_filter:
        assert [user.id for user in service.find_by_email("ada@example.com")] == ["1"]
        http.expect("GET", USERS, reply(scim_list()), query={**PAGE, "filter": 'userName eq "nobody@example.com"'})
    http.expect("GET", USERS, reply(scim_list(other, ada)), query=PAGE)
    expect_end(http, 2)
    if is_known_to_the_filter:
        assert service.find_by_email("nobody@example.com") == []
    assert [user.id for user in service.find_by_email("ada@example.com")] == ["1"]
    assert [user.id for user in service.holders("ada@example.com")] == ["2", "1"]


@pytest.mark.parametrize("status", [401, 500])
def test_find_by_email_does_not_read_everybody_for_another_reason(http: ExactCalls, service: ScimService, status: int) -> None:
    http.expect("GET", USERS, reply({"detail": "no"}, status), query={**PAGE, "filter": 'userName eq "a@example.com"'})
    with pytest.raises(ApiError, match="HTTP %d" % status):
        service.find_by_email("a@example.com")


@pytest.mark.parametrize(
    "email, quoted",
    [
        ('a"b@example.com', '"a\\"b@example.com"'),
        ("a\\b@x", '"a\\\\b@x"'),
        ('x" or active eq "true', '"x\\" or active eq \\"true"'),
    ],
)
def test_an_email_cannot_leave_the_filter(http: ExactCalls, service: ScimService, email: str, quoted: str) -> None:
    http.expect("GET", USERS, reply(scim_list()), query={**PAGE, "filter": "userName eq %s" % quoted})
    http.expect("GET", USERS, reply(scim_list()), query=PAGE)
    assert service.find_by_email(email) == []


@pytest.mark.parametrize(
    "status, hint", [(401, "or the key was revoked"), (403, "SCIM Authenticator"), (404, "Check base_url"), (429, "Run again later"), (418, None)]
)
def test_hints(http: ExactCalls, service: ScimService, status: int, hint: str | None) -> None:
    error = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status), "detail": "no"}
    http.expect("GET", USERS, reply(error, status, {"Retry-After": "9999"}), query={"startIndex": 1, "count": 1})
    with pytest.raises(ApiError) as caught:
        service.count_users()
    assert hint in (caught.value.hint or "") if hint else caught.value.hint is None


def test_a_page_instead_of_the_service(http: ExactCalls, service: ScimService) -> None:
    http.expect("GET", USERS, text_reply("<html>"), query={"startIndex": 1, "count": 1})
    with pytest.raises(UnexpectedAnswer, match="an HTML page"):
        service.count_users()


@pytest.mark.parametrize("header", ["Bearer x", "Basic !", SECRET])
def test_a_header_of_another_form_is_not_sent(context: Context, header: str) -> None:
    with pytest.raises(ScimError, match="authorization header value"):
        ScimService(BASE_URL, header, Transport(HttpSettings(), context))


NO_KEY = {"key_id": None, "secret_key": None, "authorization_header": None}


@pytest.mark.parametrize(
    "given, expected",
    [
        ({}, None),
        ({"key_id": KEY_ID, "secret_key": None}, None),
        ({"key_id": KEY_ID, "secret_key": SECRET}, HEADER),
        ({"authorization_header": HEADER}, HEADER),
        ({"authorization_header": HEADER, "key_id": "other", "secret_key": "other-secret"}, HEADER),
        ({"authorization_header": "", "key_id": KEY_ID, "secret_key": SECRET}, HEADER),
    ],
)
def test_header_from(given: dict[str, t.Any], expected: str | None) -> None:
    assert header_from(ScimKey(**{**NO_KEY, **given})) == expected


def test_header_from_a_header_of_another_form() -> None:
    with pytest.raises(ScimError) as caught:
        header_from(ScimKey(None, None, "Bearer " + SECRET))
    assert SECRET not in everything_in(caught.value)


@pytest.mark.parametrize("api_url", ["https://services.api.unity.com", "https://services.api.unity.com/"])
def test_derive_base_url(api_url: str) -> None:
    assert derive_base_url(api_url, ORG) == BASE_URL


@pytest.mark.parametrize(
    "base_url, organization_id, allowed",
    [
        (BASE_URL, None, ()),
        (BASE_URL, ORG, ()),
        ("http://127.0.0.1:8080/scim/v2/tenants/" + ORG, ORG, ()),
        ("https://proxy.example.com/scim/v2/tenants/" + ORG, ORG, ["proxy.example.com"]),
    ],
)
def test_base_url(base_url: str, organization_id: str | None, allowed: list[str]) -> None:
    assert require_base_url(base_url, organization_id, allowed) == base_url


@pytest.mark.parametrize(
    "base_url, reason",
    [
        (BASE_URL + "/", "must not end with a slash"),
        (BASE_URL.replace("https", "http"), "must start with https://"),
        (BASE_URL.replace("unity.com", "unity.com.evil.net"), "which is not Unity's API"),
        (BASE_URL.replace("services.api", "services"), "which is not Unity's API"),
        (BASE_URL.replace("https://", "https://user@"), "must be a plain URL"),
        (BASE_URL.replace("https://", "https://services.api.unity.com@evil.net/"), "must be a plain URL"),
        (BASE_URL + "?x=1", "must be a plain URL"),
        (BASE_URL + "#x", "must be a plain URL"),
        (BASE_URL + "\n", "must be a plain URL"),
        (BASE_URL + "\t", "must be a plain URL"),
        (" " + BASE_URL, "must be a plain URL"),
        (BASE_URL + "/Users", "has not the form"),
        (BASE_URL.replace("/scim", "/x/scim"), "has not the form"),
        ("https://services.api.unity.com", "has not the form"),
        ("https://services.api.unity.com/scim/v2/tenants/a-b", "has not the form"),
        ("https://services.api.unity.com/scim/v2/tenants/../x", "has not the form"),
        (BASE_URL.replace(ORG, "99999999999999"), 'belongs to the organization "99999999999999", not to "%s"' % ORG),
        ("", "must be a plain URL"),
    ],
)
def test_a_base_url_that_no_key_may_be_sent_to(base_url: str, reason: str) -> None:
    with pytest.raises(ScimError, match=reason) as caught:
        require_base_url(base_url, ORG)
    assert "\n" not in str(caught.value)
