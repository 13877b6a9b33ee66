CREATE TABLE public.assertions (
    id text NOT NULL,
    expires_at bigint NOT NULL
);
CREATE TABLE public.audit (
    sequence bigint NOT NULL,
    time_ms bigint NOT NULL,
    kind text NOT NULL,
    decision text NOT NULL,
    actor text,
    subject text,
    resource text,
    operation text,
    revocation_id text,
    detail text NOT NULL,
    previous_hash text NOT NULL,
    hash text NOT NULL
);
CREATE TABLE public.checkpoints (
    sequence bigint NOT NULL,
    time_ms bigint NOT NULL,
    hash text NOT NULL,
    key_id bigint NOT NULL,
    signature text NOT NULL
);
CREATE TABLE public.enrolments (
    secret_hash text NOT NULL,
    subject text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint
);
CREATE TABLE public.head (
    id integer NOT NULL,
    audit_sequence bigint NOT NULL,
    audit_hash text NOT NULL,
    feed_sequence bigint NOT NULL,
    feed_hash text NOT NULL,
    feed_base_sequence bigint NOT NULL,
    feed_base_hash text NOT NULL,
    rules_epoch bigint NOT NULL
);
CREATE TABLE public.keys (
    id bigint NOT NULL,
    purpose text NOT NULL,
    state text NOT NULL,
    public_key text NOT NULL,
    sealed text NOT NULL,
    provider text NOT NULL,
    created_at bigint NOT NULL,
    activated_at bigint,
    retired_at bigint,
    certified_by bigint,
    certificate text
);
CREATE TABLE public.kysely_migration (
    name character varying(255) NOT NULL,
    "timestamp" character varying(255) NOT NULL
);
CREATE TABLE public.kysely_migration_lock (
    id character varying(255) NOT NULL,
    is_locked integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.policies (
    version bigint NOT NULL,
    policy text NOT NULL,
    schema text,
    etag text NOT NULL,
    author text,
    created_at bigint NOT NULL,
    diff text NOT NULL
);
CREATE TABLE public.revocations (
    sequence bigint NOT NULL,
    time_ms bigint NOT NULL,
    type text NOT NULL,
    value text NOT NULL,
    issued_before bigint,
    expires_at bigint NOT NULL,
    reason text,
    hash text NOT NULL
);
CREATE TABLE public.session_contexts (
    id text NOT NULL,
    session_id text NOT NULL,
    expires_at bigint NOT NULL
);
CREATE TABLE public.session_labels (
    session_id text NOT NULL,
    label text NOT NULL,
    seen_at bigint NOT NULL
);
CREATE TABLE public.sessions (
    id text NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    since bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE TABLE public.tokens (
    id text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    parent text,
    session_started_at bigint NOT NULL,
    minted_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    key_id bigint NOT NULL,
    target text,
    operation text,
    revoked_at bigint
);
INSERT INTO public.audit VALUES (1, 1800000000000, 'key.created', 'allowed', NULL, NULL, 'authority.keys', NULL, NULL, '{"keyId":1,"purpose":"root","publicKey":"ed25519/06aa67a9cbd23c83d9dd47c94c3d0c70998192681398a02162c96d532ce7ff33"}', '0000000000000000000000000000000000000000000000000000000000000000', 'c88c34a8cd4d87f0a3de93b0021bc561f1623274489bf66cb5a9208fc15a99bd');
INSERT INTO public.audit VALUES (2, 1800000000000, 'key.activated', 'allowed', NULL, NULL, 'authority.keys', NULL, NULL, '{"keyId":1,"purpose":"root","publicKey":"ed25519/06aa67a9cbd23c83d9dd47c94c3d0c70998192681398a02162c96d532ce7ff33"}', 'c88c34a8cd4d87f0a3de93b0021bc561f1623274489bf66cb5a9208fc15a99bd', '29b2d37cc250eefade04e65e437b305f5a135d03c4cca58478dfd997c2cb67ea');
INSERT INTO public.audit VALUES (3, 1800000000000, 'key.created', 'allowed', NULL, NULL, 'authority.keys', NULL, NULL, '{"keyId":2,"purpose":"root","publicKey":"ed25519/c18c983e30c7ceec8a6676e623c96d652466f39d361532749ba81863c6fdbe4f"}', '29b2d37cc250eefade04e65e437b305f5a135d03c4cca58478dfd997c2cb67ea', 'b48a836186b112cffc0cf0b194a626e396518ba4daaca01d82c985058e8cbe85');
INSERT INTO public.audit VALUES (4, 1800000000000, 'key.created', 'allowed', NULL, NULL, 'authority.keys', NULL, NULL, '{"keyId":3,"purpose":"feed","publicKey":"ed25519/8f6deb15000eb3dcd3461fdbdd8fdbd6838ae62b4e50909847408d4e3de4108e"}', 'b48a836186b112cffc0cf0b194a626e396518ba4daaca01d82c985058e8cbe85', '191a244920b77ebe9d603643a5cb3f6b2763bee55838dfb45d81d586d129edf7');
INSERT INTO public.audit VALUES (5, 1800000000000, 'key.activated', 'allowed', NULL, NULL, 'authority.keys', NULL, NULL, '{"keyId":3,"purpose":"feed","publicKey":"ed25519/8f6deb15000eb3dcd3461fdbdd8fdbd6838ae62b4e50909847408d4e3de4108e"}', '191a244920b77ebe9d603643a5cb3f6b2763bee55838dfb45d81d586d129edf7', 'b5f7c3688082f10b07a47cbb5c0508b7c81864ab92f75b87eb44c32fba05429e');
INSERT INTO public.audit VALUES (6, 1800000000000, 'key.created', 'allowed', NULL, NULL, 'authority.keys', NULL, NULL, '{"keyId":4,"purpose":"audit","publicKey":"ed25519/f2c75f086cb6d636ca732ca2cb1a73da6735c478efcba36145ebfc49336ca7b0"}', 'b5f7c3688082f10b07a47cbb5c0508b7c81864ab92f75b87eb44c32fba05429e', '9338e439050e9096373d12f19792453c3458ba7c9fb0f1ad9eb352adee3ddece');
INSERT INTO public.audit VALUES (7, 1800000000000, 'key.activated', 'allowed', NULL, NULL, 'authority.keys', NULL, NULL, '{"keyId":4,"purpose":"audit","publicKey":"ed25519/f2c75f086cb6d636ca732ca2cb1a73da6735c478efcba36145ebfc49336ca7b0"}', '9338e439050e9096373d12f19792453c3458ba7c9fb0f1ad9eb352adee3ddece', '196597038b4255b60502eb5a998af4825abff3b52575647fefb79f51c405d0ef');
INSERT INTO public.audit VALUES (8, 1800000000000, 'policy.changed', 'allowed', NULL, NULL, NULL, NULL, NULL, '{"version":1,"etag":"1b8acf04619fab62c164b6b48e4dc3a47bba23450bd1022939e020532c8f2688"}', '196597038b4255b60502eb5a998af4825abff3b52575647fefb79f51c405d0ef', '02db9dfd6795e84f9d7d500968a5cdacb91e4ca0546380b507db776d238f5ad9');
INSERT INTO public.audit VALUES (9, 1800000000000, 'enrolment.created', 'allowed', NULL, 'admin', NULL, NULL, NULL, '{"expiresAt":1800003600}', '02db9dfd6795e84f9d7d500968a5cdacb91e4ca0546380b507db776d238f5ad9', '6316c5aa2e6b8dcfac8c734d10a206fcf818995fad325c53692ec9521dca4b5b');
INSERT INTO public.audit VALUES (10, 1800000000000, 'enrolment.created', 'allowed', NULL, 'service:gateway', NULL, NULL, NULL, '{"expiresAt":1800003600}', '6316c5aa2e6b8dcfac8c734d10a206fcf818995fad325c53692ec9521dca4b5b', '2aa58bddb06af4a54a53a204fbd8ba8f73da9f68b3cfd2adfb03fa5f25376b68');
INSERT INTO public.audit VALUES (11, 1800000000000, 'enrolment.used', 'allowed', 'service:gateway', 'service:gateway', NULL, NULL, NULL, '{}', '2aa58bddb06af4a54a53a204fbd8ba8f73da9f68b3cfd2adfb03fa5f25376b68', '0fe00ccadec0f154ffd603ded6555a3ef7760c96531bcafe82c28b955ab8b4f5');
INSERT INTO public.audit VALUES (12, 1800000000000, 'identity.minted', 'allowed', 'service:gateway', 'service:gateway', NULL, NULL, '1505dedbc4be643814b3c27ff8ef9ecddceaf6eb61cbf1e8e55328431375dd5ad15677c42a8a6787b8e0b17ad441c975cc6ec423857eff5df9b1591a0fa34806', '{"expiresAt":1800003600,"policyVersion":1}', '0fe00ccadec0f154ffd603ded6555a3ef7760c96531bcafe82c28b955ab8b4f5', 'ed479a0194b79f550079d97dd072bd8c4aea24064bcaab12fd8b669172beba6c');
INSERT INTO public.audit VALUES (13, 1800000000000, 'enrolment.created', 'allowed', NULL, 'admin', NULL, NULL, NULL, '{"expiresAt":1800003600}', 'ed479a0194b79f550079d97dd072bd8c4aea24064bcaab12fd8b669172beba6c', '67f70c2eaf9f2f16098bdf3fe9124520b24a151a6465fe06191b7a64818d6473');
INSERT INTO public.audit VALUES (14, 1800000000000, 'enrolment.used', 'allowed', 'admin', 'admin', NULL, NULL, NULL, '{}', '67f70c2eaf9f2f16098bdf3fe9124520b24a151a6465fe06191b7a64818d6473', 'c41df66db5d231d2f2e84160799f264cabef50aa006455953dbe220e1c99f1e2');
INSERT INTO public.audit VALUES (15, 1800000000000, 'identity.minted', 'allowed', 'admin', 'admin', NULL, NULL, 'beb662d5ecd472c31552df357afb9d9ef1d5d6842b3f36de77e40618c559926b4d438b05cbb692814e311348e470b4aa0855829c0e563d5e7ae976fcfd31da00', '{"expiresAt":1800003600,"policyVersion":1}', 'c41df66db5d231d2f2e84160799f264cabef50aa006455953dbe220e1c99f1e2', '1f68f0572966c7c5cacd881aad53d19f7363d67c18a6c7f6ff1710c7048667ca');
INSERT INTO public.audit VALUES (16, 1800000000000, 'capability.minted', 'allowed', 'service:gateway', 'service:gateway', 'invoices', 'read', '7f5f766e51d7da96cc0ad2dbdc13cbe545d3ccaba4ec4b6d9d03d307887c2228950fd37568a876d3a2a572260b394814aa763f43c060e92e00b7818cffaa0d04', '{"designations":{},"expiresAt":1800003600,"parent":"1505dedbc4be643814b3c27ff8ef9ecddceaf6eb61cbf1e8e55328431375dd5ad15677c42a8a6787b8e0b17ad441c975cc6ec423857eff5df9b1591a0fa34806","policyVersion":1}', '1f68f0572966c7c5cacd881aad53d19f7363d67c18a6c7f6ff1710c7048667ca', 'b183055eecc7993fcf1169679bc5d1599b75aa38a73ffcb0a1b4f5393b1f9bdf');
INSERT INTO public.audit VALUES (17, 1800000000000, 'capability.minted', 'allowed', 'service:gateway', 'service:gateway', 'invoices', 'read', 'eccc5721315d9556b25133a5620d4d2468f21b996a12ba9dc1e8b75ee6c51846d0ac2e1f9136f8f10e64c408c4e95b2bf1ceb563c259b79e0487d5a497ec120c', '{"designations":{},"expiresAt":1800003600,"parent":"1505dedbc4be643814b3c27ff8ef9ecddceaf6eb61cbf1e8e55328431375dd5ad15677c42a8a6787b8e0b17ad441c975cc6ec423857eff5df9b1591a0fa34806","policyVersion":1}', 'b183055eecc7993fcf1169679bc5d1599b75aa38a73ffcb0a1b4f5393b1f9bdf', 'b5eb293bc201c070c371eacedb63ba5f9ef3fbc1b5c9a473fec7b4546e04bb04');
INSERT INTO public.audit VALUES (18, 1800000000000, 'context.opened', 'allowed', 'service:gateway', 'service:gateway', NULL, NULL, '6964fc99f9c3d52178c35753a6f36977ef38c4b8e84ad3c7bb90209d84777636934cde6b18fef16eaa429ae2788f239a4cda02143a06cbb4fc1a1d751de88107', '{"fresh":false,"exposures":[],"expiresAt":1800003600,"parent":"1505dedbc4be643814b3c27ff8ef9ecddceaf6eb61cbf1e8e55328431375dd5ad15677c42a8a6787b8e0b17ad441c975cc6ec423857eff5df9b1591a0fa34806","policyVersion":1}', 'b5eb293bc201c070c371eacedb63ba5f9ef3fbc1b5c9a473fec7b4546e04bb04', '5e5343288e18dde6598fa1ed169ecdf4a848e572027e25c77eda5639bcd12b9d');
INSERT INTO public.audit VALUES (19, 1800000000000, 'exposure.added', 'allowed', 'service:gateway', 'service:gateway', NULL, NULL, '6964fc99f9c3d52178c35753a6f36977ef38c4b8e84ad3c7bb90209d84777636934cde6b18fef16eaa429ae2788f239a4cda02143a06cbb4fc1a1d751de88107', '{"exposures":["pii"],"source":"crm"}', '5e5343288e18dde6598fa1ed169ecdf4a848e572027e25c77eda5639bcd12b9d', '9a4fdeceb2e74fcf8f3ff6a1c829ac8845c9fb0c1dad993693255494a4ca2d85');
INSERT INTO public.audit VALUES (20, 1800000000000, 'capability.minted', 'allowed', 'admin', 'admin', 'authority.revocations', 'write', 'ba2b3a9afedcc73354b1f7a9b9ed082a7ec78edb4e8491a80ed4462ead756ebbbf86bf8c1cd0fd1fdf1527a30f51de3d0e1129735764ffd80119adb5cdeaf20f', '{"designations":{},"anchor":"service:authority","expiresAt":1800003600,"parent":"beb662d5ecd472c31552df357afb9d9ef1d5d6842b3f36de77e40618c559926b4d438b05cbb692814e311348e470b4aa0855829c0e563d5e7ae976fcfd31da00","policyVersion":1}', '9a4fdeceb2e74fcf8f3ff6a1c829ac8845c9fb0c1dad993693255494a4ca2d85', 'd0464bf06e6d141dc04cdac43499330def1ef12cf2ff16a17937b23640e24f53');
INSERT INTO public.audit VALUES (21, 1800000000000, 'token.revoked', 'allowed', 'admin', 'service:gateway', NULL, NULL, 'eccc5721315d9556b25133a5620d4d2468f21b996a12ba9dc1e8b75ee6c51846d0ac2e1f9136f8f10e64c408c4e95b2bf1ceb563c259b79e0487d5a497ec120c', '{"sequence":1,"asked":{"type":"token","id":"eccc5721315d9556b25133a5620d4d2468f21b996a12ba9dc1e8b75ee6c51846d0ac2e1f9136f8f10e64c408c4e95b2bf1ceb563c259b79e0487d5a497ec120c"}}', 'd0464bf06e6d141dc04cdac43499330def1ef12cf2ff16a17937b23640e24f53', '9b058fe00805f47c3c58dc02390a8b2c26a25fc5056b7dd2650675764ca11936');
INSERT INTO public.checkpoints VALUES (21, 1800000000000, '9b058fe00805f47c3c58dc02390a8b2c26a25fc5056b7dd2650675764ca11936', 4, 'fc7de87261f8a36aa1d8c8e4a6276e914f945f00cc0eaa68e58b7612146489161ed3bf74fb06b63791606246b66d1e0b4959700b37f475fb9508931a8e337808');
INSERT INTO public.enrolments VALUES ('94228b5d148ee6b488c21f0512353efd5bc66f4b2e5e814370fb38b3ef169f45', 'admin', 1800000000, 1800003600, NULL);
INSERT INTO public.enrolments VALUES ('1865f920d8b2f37b1bc0275ddd0a6c7c90b5e82ae3f1c84e85c900caec1d9a02', 'service:gateway', 1800000000, 1800003600, 1800000000);
INSERT INTO public.enrolments VALUES ('426b2239a31fba29f0bf637039f84a31cb0e47767e86426b359f87c2abe64a39', 'admin', 1800000000, 1800003600, 1800000000);
INSERT INTO public.head VALUES (1, 21, '9b058fe00805f47c3c58dc02390a8b2c26a25fc5056b7dd2650675764ca11936', 1, '41ccf059b74adc8e04cb559ab8a25434f8248e31733497e0480d1edc2caffcbf', 0, '0000000000000000000000000000000000000000000000000000000000000000', 2);
INSERT INTO public.keys VALUES (1, 'root', 'active', 'ed25519/06aa67a9cbd23c83d9dd47c94c3d0c70998192681398a02162c96d532ce7ff33', 'v1.ZtLdj4d-GQ4GOszMddm1VYsMkhSiA92EEenmYQyT6IhDCGSePjoetymQ5qJ6v9lxsKcgSyQwrqn03327', 'local', 1800000000, 1800000000, NULL, NULL, NULL);
INSERT INTO public.keys VALUES (2, 'root', 'next', 'ed25519/c18c983e30c7ceec8a6676e623c96d652466f39d361532749ba81863c6fdbe4f', 'v1.aPHIHs6cc1RK4F_65jf05jCn4eKN7Pr5Sn-UwzViuU2SebG_vqHcKNko0Nj2v1eZ925e0Xl8HLNJnbsM', 'local', 1800000000, NULL, NULL, 1, '3aeee135c58744c0aeb654d38a93ba84e0b66359371d216ff3783247e30d1b05fdf921c4c74c34c7bc5203381e1313312662c4ad84a7dc694cdcd4ef67f0320d');
INSERT INTO public.keys VALUES (3, 'feed', 'active', 'ed25519/8f6deb15000eb3dcd3461fdbdd8fdbd6838ae62b4e50909847408d4e3de4108e', 'v1.7blziRD7aFick6F5IfMYrJx7n_qB-qsp9g5Twmxkt5afMEMw8X1sWr-zTfWfD9vx3me0MTMsdlBFCOKJ', 'local', 1800000000, 1800000000, NULL, 1, 'e9c65e9efc13bff2899a9f9d0542fe60c673b00c1e62164c4b4dc5712a19fbe685987bd37991f340b967bae253622255d8d41d74e0b60d2f172f412cf599b403');
INSERT INTO public.keys VALUES (4, 'audit', 'active', 'ed25519/f2c75f086cb6d636ca732ca2cb1a73da6735c478efcba36145ebfc49336ca7b0', 'v1.s7mk8jFKPhJOgknQmo0kRbITGooLKVRHUzpwS4hxfv7of0CAXnLYfpkrgGT1Ni5jgsS1rgnnKgHCqpv3', 'local', 1800000000, 1800000000, NULL, 1, '2bc2ef04d0cd2006412438487a3404bad0cd2cfee2db79e21c6ebb167eb57fa57ef953c8b36ad3be88f0132e02ce7ea6d5f0ab6f7687cf56c18f24682c20b703');
INSERT INTO public.kysely_migration VALUES ('0001-first', '2026-11-26T09:43:34.574Z');
INSERT INTO public.kysely_migration_lock VALUES ('migration_lock', 0);
INSERT INTO public.policies VALUES (1, '[[objects]]
id = "service:authority"
[[objects]]
id = "admin"
capabilities = [{ target = "authority.revocations", operations = ["write"], anchor = "service:authority" }, { target = "authority.audit", operations = ["read"], anchor = "service:authority" }]
[[objects]]
id = "service:gateway"
capabilities = [{ target = "invoices", operations = ["read"] }]
', NULL, '1b8acf04619fab62c164b6b48e4dc3a47bba23450bd1022939e020532c8f2688', NULL, 1800000000, 'null');
INSERT INTO public.revocations VALUES (1, 1800000000000, 'token', 'eccc5721315d9556b25133a5620d4d2468f21b996a12ba9dc1e8b75ee6c51846d0ac2e1f9136f8f10e64c408c4e95b2bf1ceb563c259b79e0487d5a497ec120c', NULL, 1800003600, NULL, '41ccf059b74adc8e04cb559ab8a25434f8248e31733497e0480d1edc2caffcbf');
INSERT INTO public.session_contexts VALUES ('6964fc99f9c3d52178c35753a6f36977ef38c4b8e84ad3c7bb90209d84777636934cde6b18fef16eaa429ae2788f239a4cda02143a06cbb4fc1a1d751de88107', '6964fc99f9c3d52178c35753a6f36977ef38c4b8e84ad3c7bb90209d84777636934cde6b18fef16eaa429ae2788f239a4cda02143a06cbb4fc1a1d751de88107', 1800003600);
INSERT INTO public.session_labels VALUES ('6964fc99f9c3d52178c35753a6f36977ef38c4b8e84ad3c7bb90209d84777636934cde6b18fef16eaa429ae2788f239a4cda02143a06cbb4fc1a1d751de88107', 'pii', 19);
INSERT INTO public.sessions VALUES ('6964fc99f9c3d52178c35753a6f36977ef38c4b8e84ad3c7bb90209d84777636934cde6b18fef16eaa429ae2788f239a4cda02143a06cbb4fc1a1d751de88107', 'service:gateway', 0, 1800003600);
INSERT INTO public.tokens VALUES ('1505dedbc4be643814b3c27ff8ef9ecddceaf6eb61cbf1e8e55328431375dd5ad15677c42a8a6787b8e0b17ad441c975cc6ec423857eff5df9b1591a0fa34806', 'identity', 'service:gateway', NULL, 1800000000, 1800000000, 1800003600, 1, NULL, NULL, NULL);
INSERT INTO public.tokens VALUES ('beb662d5ecd472c31552df357afb9d9ef1d5d6842b3f36de77e40618c559926b4d438b05cbb692814e311348e470b4aa0855829c0e563d5e7ae976fcfd31da00', 'identity', 'admin', NULL, 1800000000, 1800000000, 1800003600, 1, NULL, NULL, NULL);
INSERT INTO public.tokens VALUES ('7f5f766e51d7da96cc0ad2dbdc13cbe545d3ccaba4ec4b6d9d03d307887c2228950fd37568a876d3a2a572260b394814aa763f43c060e92e00b7818cffaa0d04', 'capability', 'service:gateway', '1505dedbc4be643814b3c27ff8ef9ecddceaf6eb61cbf1e8e55328431375dd5ad15677c42a8a6787b8e0b17ad441c975cc6ec423857eff5df9b1591a0fa34806', 1800000000, 1800000000, 1800003600, 1, 'invoices', 'read', NULL);
INSERT INTO public.tokens VALUES ('6964fc99f9c3d52178c35753a6f36977ef38c4b8e84ad3c7bb90209d84777636934cde6b18fef16eaa429ae2788f239a4cda02143a06cbb4fc1a1d751de88107', 'context', 'service:gateway', '1505dedbc4be643814b3c27ff8ef9ecddceaf6eb61cbf1e8e55328431375dd5ad15677c42a8a6787b8e0b17ad441c975cc6ec423857eff5df9b1591a0fa34806', 1800000000, 1800000000, 1800003600, 1, NULL, NULL, NULL);
INSERT INTO public.tokens VALUES ('ba2b3a9afedcc73354b1f7a9b9ed082a7ec78edb4e8491a80ed4462ead756ebbbf86bf8c1cd0fd1fdf1527a30f51de3d0e1129735764ffd80119adb5cdeaf20f', 'capability', 'admin', 'beb662d5ecd472c31552df357afb9d9ef1d5d6842b3f36de77e40618c559926b4d438b05cbb692814e311348e470b4aa0855829c0e563d5e7ae976fcfd31da00', 1800000000, 1800000000, 1800003600, 1, 'authority.revocations', 'write', NULL);
INSERT INTO public.tokens VALUES ('eccc5721315d9556b25133a5620d4d2468f21b996a12ba9dc1e8b75ee6c51846d0ac2e1f9136f8f10e64c408c4e95b2bf1ceb563c259b79e0487d5a497ec120c', 'capability', 'service:gateway', '1505dedbc4be643814b3c27ff8ef9ecddceaf6eb61cbf1e8e55328431375dd5ad15677c42a8a6787b8e0b17ad441c975cc6ec423857eff5df9b1591a0fa34806', 1800000000, 1800000000, 1800003600, 1, 'invoices', 'read', 1800000000);
ALTER TABLE ONLY public.assertions
    ADD CONSTRAINT assertions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_hash_key UNIQUE (hash);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (sequence);
ALTER TABLE ONLY public.checkpoints
    ADD CONSTRAINT checkpoints_pkey PRIMARY KEY (sequence);
ALTER TABLE ONLY public.enrolments
    ADD CONSTRAINT enrolments_pkey PRIMARY KEY (secret_hash);
ALTER TABLE ONLY public.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_public_key_key UNIQUE (public_key);
ALTER TABLE ONLY public.kysely_migration_lock
    ADD CONSTRAINT kysely_migration_lock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.kysely_migration
    ADD CONSTRAINT kysely_migration_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.policies
    ADD CONSTRAINT policies_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.revocations
    ADD CONSTRAINT revocations_pkey PRIMARY KEY (sequence);
ALTER TABLE ONLY public.session_contexts
    ADD CONSTRAINT session_contexts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.session_labels
    ADD CONSTRAINT session_labels_key PRIMARY KEY (session_id, label);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (id);
CREATE INDEX assertions_expires_at ON public.assertions USING btree (expires_at);
CREATE INDEX audit_refused ON public.audit USING btree (sequence) WHERE (decision = 'refused'::text);
CREATE INDEX audit_resource ON public.audit USING btree (resource, sequence);
CREATE INDEX audit_revocation_id ON public.audit USING btree (revocation_id, sequence);
CREATE INDEX audit_subject ON public.audit USING btree (subject, sequence);
CREATE INDEX audit_time_ms ON public.audit USING btree (time_ms, sequence);
CREATE UNIQUE INDEX keys_one_in_use ON public.keys USING btree (purpose, state) WHERE (state <> 'retired'::text);
CREATE INDEX revocations_value ON public.revocations USING btree (type, value);
CREATE INDEX session_contexts_session ON public.session_contexts USING btree (session_id);
CREATE INDEX sessions_expires_at ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_subject ON public.sessions USING btree (subject);
CREATE INDEX tokens_expires_at ON public.tokens USING btree (expires_at);
CREATE INDEX tokens_minted_at ON public.tokens USING btree (minted_at);
CREATE INDEX tokens_parent ON public.tokens USING btree (parent);
CREATE INDEX tokens_subject ON public.tokens USING btree (subject);
