// Copyright: Contributors to the unity_jumpcloud.scim collection
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// scimmy-routers with a storage in memory. Usage: scimmy_peer.cjs READY_FILE. Each first part of a path, such as /few/Users, is a service
// of its own, empty at first; POST /_copy/FROM/TO, which is ours, makes one like another. The handlers are those of the library's
// documentation: they hand over everybody, and the library filters and pages.
"use strict";
const {randomUUID} = require("node:crypto");
const {renameSync, writeFileSync} = require("node:fs");
const express = require("express");
const SCIMMY = require("scimmy").default ?? require("scimmy");
const routers = require("scimmy-routers");
const SCIMMYRouters = routers.SCIMMYRouters ?? routers.default ?? routers;

const services = new Map();

function service(name) {
    if (!services.has(name)) services.set(name, new Map());
    return services.get(name);
}

function found(users, id) {
    if (!users.has(id)) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
    return users.get(id);
}

SCIMMY.Resources.declare(SCIMMY.Resources.User, {
    egress: (resource, users) => {
        if (resource.id) return found(users, resource.id);
        const everybody = [...users.values()];
        return resource.filter ? resource.filter.match(everybody) : everybody;
    },
    ingress: (resource, instance, users) => {
        const before = resource.id ? found(users, resource.id) : undefined;
        const twin = [...users.values()].find(known => known.userName.toLowerCase() === instance.userName.toLowerCase());
        if (twin && twin !== before) throw new SCIMMY.Types.Error(409, "uniqueness", `There is a user ${instance.userName} already`);
        const now = new Date().toISOString();
        const id = before?.id ?? randomUUID();
        const user = {...JSON.parse(JSON.stringify(instance)), id, meta: {created: before?.meta.created ?? now, lastModified: now}};
        users.set(id, user);
        return user;
    },
    degress: (resource, users) => {
        found(users, resource.id);
        users.delete(resource.id);
    }
});

const app = express();
app.post("/_copy/:source/:target", (request, response) => {
    services.set(request.params.target, structuredClone(service(request.params.source)));
    response.status(204).end();
});
// the proxy has checked the header
app.use("/:service", new SCIMMYRouters({type: "basic", handler: () => "provisioner", context: request => service(request.params.service)}));
const server = app.listen(0, "127.0.0.1", () => {
    const ready = process.argv[2];
    writeFileSync(`${ready}.new`, JSON.stringify({url: `http://127.0.0.1:${server.address().port}`}));
    renameSync(`${ready}.new`, ready);
});
