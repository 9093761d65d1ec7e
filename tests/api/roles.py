"""Who may use which route, written down apart from the code. A route that is not here fails its test.

None: anybody, without signing in. `*`: everybody who has signed in.
"""

UPLOADER, REVIEWER, SENIOR, COMPLIANCE = "uploader", "reviewer", "senior_reviewer", "compliance"
ADMINISTRATOR, AUDITOR, BRANCH, CUSTOMER = "administrator", "auditor", "branch", "customer"

ANYBODY = None
ALL = frozenset({UPLOADER, REVIEWER, SENIOR, COMPLIANCE, ADMINISTRATOR, AUDITOR, BRANCH, CUSTOMER})
REVIEWING = frozenset({REVIEWER, SENIOR, COMPLIANCE})
STAFF = REVIEWING | {ADMINISTRATOR, AUDITOR}
LISTING = STAFF | {UPLOADER, BRANCH}
SENDING = frozenset({UPLOADER, ADMINISTRATOR})
ADMINISTERING = frozenset({ADMINISTRATOR})
OVERSEEING = frozenset({ADMINISTRATOR, AUDITOR})
DECIDING = frozenset({REVIEWER, SENIOR})
COUNTING = OVERSEEING | {SENIOR, COMPLIANCE}
WATCHING = REVIEWING | {AUDITOR, CUSTOMER}

CORE: dict[tuple[str, str], frozenset[str] | None] = {
    ("GET", "/docs"): ANYBODY,
    ("GET", "/openapi.json"): ANYBODY,
    ("GET", "/v1/login"): ANYBODY,
    ("POST", "/v1/login"): ANYBODY,
    ("GET", "/v1/oidc/login"): ANYBODY,
    ("GET", "/v1/oidc/callback"): ANYBODY,
    ("POST", "/v1/logout"): ALL,
    ("GET", "/v1/me"): ALL,
    ("POST", "/v1/me/password"): ALL,
    ("GET", "/v1/users"): OVERSEEING,
    ("POST", "/v1/users"): ADMINISTERING,
    ("GET", "/v1/users/{user_id}"): OVERSEEING,
    ("PUT", "/v1/users/{user_id}"): ADMINISTERING,
    ("POST", "/v1/users/{user_id}/password"): ADMINISTERING,
    ("GET", "/v1/tokens"): OVERSEEING,
    ("POST", "/v1/tokens"): ADMINISTERING,
    ("DELETE", "/v1/tokens/{token_id}"): ADMINISTERING,
    ("OPTIONS", "/v1/uploads"): ANYBODY,
    ("POST", "/v1/uploads"): SENDING,
    ("HEAD", "/v1/uploads/{upload_id}"): SENDING,
    ("PATCH", "/v1/uploads/{upload_id}"): SENDING,
    ("DELETE", "/v1/uploads/{upload_id}"): SENDING,
    ("POST", "/v1/recordings"): SENDING,
    ("POST", "/v1/sessions"): SENDING,
    ("GET", "/v1/sessions"): LISTING,
    ("GET", "/v1/sessions/{session_id}"): ALL,
    ("PUT", "/v1/sessions/{session_id}/tags"): REVIEWING | SENDING,
    ("POST", "/v1/sessions/{session_id}/inspect"): REVIEWING,
    ("POST", "/v1/sessions/{session_id}/cancel"): SENDING | {SENIOR, COMPLIANCE},
    ("POST", "/v1/sessions/{session_id}/retry"): frozenset({ADMINISTRATOR, SENIOR, COMPLIANCE}),
    ("GET", "/v1/sessions/{session_id}/inspection"): LISTING,
    ("GET", "/v1/sessions/{session_id}/media/{part}"): WATCHING,
    ("POST", "/v1/sessions/{session_id}/media/{part}/link"): WATCHING,
    ("GET", "/v1/sessions/{session_id}/files/{path}"): REVIEWING | {AUDITOR},
    ("GET", "/v1/sessions/{session_id}/timeline"): REVIEWING | {AUDITOR},
    ("GET", "/v1/sessions/{session_id}/waveform"): REVIEWING | {AUDITOR},
    ("GET", "/v1/sessions/{session_id}/events"): LISTING,
    ("GET", "/v1/events"): STAFF,
    ("GET", "/v1/webhooks"): OVERSEEING,
    ("POST", "/v1/webhooks"): ADMINISTERING,
    ("GET", "/v1/webhooks/deliveries"): OVERSEEING,
    ("GET", "/v1/webhooks/{webhook_id}"): OVERSEEING,
    ("PUT", "/v1/webhooks/{webhook_id}"): ADMINISTERING,
    ("DELETE", "/v1/webhooks/{webhook_id}"): ADMINISTERING,
    ("POST", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/again"): ADMINISTERING,
}
"""Signing in, users, uploads, sessions, media, events, webhooks."""

FEATURES: dict[tuple[str, str], frozenset[str] | None] = {
    ("GET", "/v1/queue"): REVIEWING | {AUDITOR},
    ("GET", "/v1/me/views"): REVIEWING | {AUDITOR},
    ("POST", "/v1/me/views"): REVIEWING | {AUDITOR},
    ("DELETE", "/v1/me/views/{view_id}"): REVIEWING | {AUDITOR},
    ("GET", "/v1/reviews"): REVIEWING | {AUDITOR},
    ("GET", "/v1/reviews/options"): REVIEWING | {AUDITOR},
    ("GET", "/v1/reviews/reviewers"): REVIEWING | {AUDITOR},
    ("POST", "/v1/reviews/assign"): frozenset({SENIOR, COMPLIANCE}),
    ("GET", "/v1/reviews/{review_id}"): REVIEWING | {AUDITOR},
    ("POST", "/v1/reviews/{review_id}/claim"): DECIDING,
    ("POST", "/v1/reviews/{review_id}/heartbeat"): DECIDING,
    ("POST", "/v1/reviews/{review_id}/release"): DECIDING,
    ("GET", "/v1/reviews/{review_id}/draft"): DECIDING,
    ("PUT", "/v1/reviews/{review_id}/draft"): DECIDING,
    ("DELETE", "/v1/reviews/{review_id}/draft"): DECIDING,
    ("POST", "/v1/reviews/{review_id}/decide"): DECIDING,
    ("POST", "/v1/reviews/{review_id}/appeal"): frozenset({BRANCH}),
    ("POST", "/v1/reviews/{review_id}/final"): frozenset({SENIOR}),
    ("POST", "/v1/reviews/{review_id}/appeal/files"): frozenset({BRANCH}),
    ("GET", "/v1/reviews/{review_id}/appeal/files/{file_id}"): REVIEWING | {AUDITOR, BRANCH},
    ("GET", "/v1/sessions/{session_id}/corrections"): REVIEWING,
    ("POST", "/v1/sessions/{session_id}/corrections"): REVIEWING,
    ("GET", "/v1/rulesets"): STAFF,
    ("POST", "/v1/rulesets"): frozenset({COMPLIANCE}),
    ("GET", "/v1/rulesets/{ruleset_id}"): STAFF,
    ("PUT", "/v1/rulesets/{ruleset_id}/versions/{number}"): frozenset({COMPLIANCE}),
    ("POST", "/v1/rulesets/{ruleset_id}/validate"): frozenset({COMPLIANCE}),
    ("POST", "/v1/rulesets/{ruleset_id}/backtest"): frozenset({COMPLIANCE}),
    ("POST", "/v1/rulesets/{ruleset_id}/publish"): frozenset({COMPLIANCE}),
    ("POST", "/v1/rulesets/{ruleset_id}/withdraw"): frozenset({COMPLIANCE}),
    ("GET", "/v1/rulesets/{ruleset_id}/history"): STAFF,
    ("GET", "/v1/rulesets/{ruleset_id}/diff"): STAFF,
    ("POST", "/v1/rulesets/{ruleset_id}/say"): STAFF,
    ("GET", "/v1/wordings"): frozenset({COMPLIANCE, SENIOR, AUDITOR}),
    ("GET", "/v1/wordings/{wording_id}"): frozenset({COMPLIANCE, SENIOR, AUDITOR}),
    ("PUT", "/v1/wordings/{wording_id}"): frozenset({COMPLIANCE, SENIOR}),
    ("POST", "/v1/wordings/{wording_id}/backtest"): frozenset({COMPLIANCE, SENIOR}),
    ("POST", "/v1/wordings/{wording_id}/accept"): frozenset({COMPLIANCE}),
    ("POST", "/v1/wordings/{wording_id}/reject"): frozenset({COMPLIANCE}),
    ("GET", "/v1/search"): STAFF,
    ("GET", "/v1/statistics/measures"): COUNTING | {BRANCH},
    ("GET", "/v1/statistics/summary"): COUNTING | {BRANCH},
    ("GET", "/v1/statistics/items"): COUNTING | {BRANCH},
    ("GET", "/v1/statistics/sessions"): COUNTING | {BRANCH},
    ("GET", "/v1/statistics/reviewers"): COUNTING,
    ("GET", "/v1/statistics/sampling"): COUNTING,
    ("GET", "/v1/statistics/monthly"): COUNTING,
    ("GET", "/v1/statistics/calibration"): COUNTING,
    ("GET", "/v1/statistics/coaching"): COUNTING | {BRANCH},
    ("GET", "/v1/statistics/workload"): COUNTING,
    ("GET", "/v1/sessions/{session_id}/evidence.zip"): REVIEWING | {AUDITOR},
    ("GET", "/v1/packet-key"): STAFF,
    ("POST", "/v1/customer-links"): frozenset({COMPLIANCE}),
    ("GET", "/v1/customer-links"): frozenset({COMPLIANCE, AUDITOR}),
    ("DELETE", "/v1/customer-links/{link_id}"): frozenset({COMPLIANCE}),
    ("POST", "/v1/my/login"): ANYBODY,
    ("GET", "/v1/my/records"): frozenset({CUSTOMER}),
    ("GET", "/v1/my/records/{session_id}"): frozenset({CUSTOMER}),
    ("GET", "/v1/my/records/{session_id}/record.zip"): frozenset({CUSTOMER}),
    ("POST", "/v1/my/records/{session_id}/link"): frozenset({CUSTOMER}),
    ("GET", "/v1/branch/findings"): frozenset({BRANCH}),
    ("GET", "/v1/audit"): OVERSEEING,
    ("GET", "/v1/audit/verification"): OVERSEEING,
}
"""Queue, reviews, rule sets, search, statistics, packets, customers, branches, audit."""

KEEPING = frozenset({COMPLIANCE, ADMINISTRATOR})
OPERATIONS: dict[tuple[str, str], frozenset[str] | None] = {
    ("GET", "/healthz"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/metrics"): OVERSEEING,
    ("GET", "/v1/tickets"): STAFF | {BRANCH},
    ("POST", "/v1/tickets"): REVIEWING,
    ("GET", "/v1/tickets/{ticket_id}"): STAFF | {BRANCH},
    ("POST", "/v1/tickets/{ticket_id}/events"): REVIEWING | {BRANCH},
    ("POST", "/v1/tickets/{ticket_id}/assign"): frozenset({SENIOR, COMPLIANCE}),
    ("POST", "/v1/tickets/{ticket_id}/close"): REVIEWING,
    ("GET", "/v1/policies/{policy_no}/dates"): STAFF,
    ("PUT", "/v1/policies/{policy_no}/dates"): KEEPING | {UPLOADER},
    ("GET", "/v1/keeping/candidates"): KEEPING | {AUDITOR},
    ("GET", "/v1/keeping/sessions/{session_id}"): KEEPING | {AUDITOR},
    ("POST", "/v1/keeping/sessions/{session_id}/holds"): KEEPING,
    ("GET", "/v1/keeping/holds"): KEEPING | {AUDITOR},
    ("POST", "/v1/keeping/holds/{hold_id}/end"): KEEPING,
    ("GET", "/v1/keeping/purges"): KEEPING | {AUDITOR},
    ("POST", "/v1/keeping/purges"): KEEPING,
    ("POST", "/v1/keeping/purges/{purge_id}/approve"): KEEPING,
    ("POST", "/v1/keeping/purges/{purge_id}/refuse"): KEEPING,
    ("POST", "/v1/refusals"): REVIEWING | SENDING,
    ("POST", "/v1/refusals/check"): REVIEWING | SENDING,
    ("GET", "/v1/quotas"): frozenset({SENIOR, COMPLIANCE, ADMINISTRATOR, AUDITOR}),
    ("GET", "/v1/quotas/sessions"): frozenset({SENIOR, COMPLIANCE, ADMINISTRATOR, AUDITOR}),
    ("GET", "/v1/sessions/{session_id}/consistency"): STAFF | {BRANCH},
}
"""Health, tickets, keeping, quotas."""

TABLE = {**CORE, **FEATURES, **OPERATIONS}
