/// The table of `CaseTableTests`. New York is five hours behind UTC in winter, four in summer.
enum CaseRows {
    static let text = """
        edu.example | 2026-05-01T15:00Z | high | - | covered | agreement E-1
        app.edu.example | 2026-05-01T15:00Z | high | - | covered | agreement E-1
        a.b.c.edu.example | 2026-05-01T15:00Z | high | - | covered | agreement E-1
        myedu.example | 2026-05-01T15:00Z | high | - | unknown_owner | -
        edu.example.evil.example | 2026-05-01T15:00Z | high | - | unknown_owner | -
        login.edu-static.example | 2026-05-01T15:00Z | high | - | covered | agreement E-1
        x.login.edu-static.example | 2026-05-01T15:00Z | high | - | unknown_owner | -
        edu-static.example | 2026-05-01T15:00Z | high | - | unknown_owner | -
        shop.edu.example | 2026-05-01T15:00Z | high | - | out_of_scope | product school
        pay.shop.edu.example | 2026-05-01T15:00Z | high | - | out_of_scope | product school
        workshop.edu.example | 2026-05-01T15:00Z | high | - | covered | agreement E-1
        games.edu.example | 2026-05-01T15:00Z | high | - | out_of_scope | agreement E-1
        ads.games.edu.example | 2026-05-01T15:00Z | high | - | out_of_scope | product school
        portal.edu.example | 2026-05-01T15:00Z | high | - | district | district =portal.edu.example
        x.portal.edu.example | 2026-05-01T15:00Z | high | - | covered | agreement E-1
        l.k12.example | 2026-05-01T15:00Z | high | - | district | district l.k12.example
        www.l.k12.example | 2026-05-01T15:00Z | high | - | district | district l.k12.example
        edu.example | 2025-08-15T03:59Z | high | - | not_yet_effective | agreement E-1
        edu.example | 2025-08-15T04:00Z | high | - | covered | agreement E-1
        edu.example | 2026-08-15T03:59Z | high | - | covered | agreement E-1
        edu.example | 2026-08-15T04:00Z | high | - | covered | agreement E-2
        edu.example | 2026-08-15T04:00Z | high | 2026-09-19 | expired | agreement E-1
        edu.example | 2026-08-15T04:00Z | high | 2026-09-20 | covered | agreement E-2
        edu.example | 2027-08-15T03:59Z | high | - | covered | agreement E-2
        edu.example | 2027-08-15T04:00Z | high | - | expired | agreement E-2
        edu.example | 2026-05-01T15:00Z | staff | - | covered | agreement E-1
        edu.example | 2026-05-01T15:00Z | guest | - | out_of_scope | agreement E-1
        edu.example | 2026-05-01T15:00Z | unknown | - | covered | agreement E-1
        edu.example | 2026-05-01T15:00Z | noschool | - | covered | agreement E-1
        k5.example | 2026-05-01T15:00Z | primary | - | covered | agreement K-1
        k5.example | 2026-05-01T15:00Z | middle | - | out_of_scope | agreement K-1
        k5.example | 2026-05-01T15:00Z | high | - | out_of_scope | agreement K-1
        k5.example | 2026-05-01T15:00Z | noschool | - | out_of_scope | agreement K-1
        k5.example | 2026-05-01T15:00Z | staff | - | out_of_scope | agreement K-1
        k5.example | 2026-05-01T15:00Z | unknown | - | out_of_scope | agreement K-1
        k5.example | 2025-12-31T15:00Z | primary | - | not_yet_effective | agreement K-1
        dst.example | 2026-11-01T04:59Z | high | - | out_of_scope | agreement D-1
        dst.example | 2026-11-01T05:00Z | high | - | covered | agreement D-1
        dst.example | 2026-11-01T05:30Z | high | - | covered | agreement D-1
        dst.example | 2026-11-01T06:30Z | high | - | covered | agreement D-1
        dst.example | 2026-11-01T07:59Z | high | - | covered | agreement D-1
        dst.example | 2026-11-01T08:00Z | high | - | out_of_scope | agreement D-1
        dst.example | 2026-03-08T05:59Z | high | - | out_of_scope | agreement D-1
        dst.example | 2026-03-08T06:59Z | high | - | covered | agreement D-1
        dst.example | 2026-03-08T07:00Z | high | - | out_of_scope | agreement D-1
        dst.example | 2026-11-02T06:30Z | high | - | out_of_scope | agreement D-1
        dst.example | 2026-11-08T06:30Z | high | - | covered | agreement D-1
        within.example | 2026-05-01T15:00Z | high | - | covered | agreement X-1
        within.example | 2026-02-09T15:00Z | high | - | not_yet_effective | agreement X-1
        within.example | 2026-02-10T05:00Z | high | - | covered | agreement X-1
        lastday.example | 2026-05-01T15:00Z | high | - | covered | agreement X-2
        after.example | 2026-05-01T15:00Z | high | - | no_agreement | agreement X-3
        before.example | 2026-05-01T15:00Z | high | - | no_agreement | agreement X-4
        openoffer.example | 2026-05-01T15:00Z | high | - | covered | agreement X-5
        term.example | 2026-03-31T15:00Z | high | - | covered | agreement T-1
        term.example | 2026-04-01T03:59Z | high | - | covered | agreement T-1
        term.example | 2026-04-01T04:00Z | high | - | expired | agreement T-1
        term.example | 2026-11-24T15:00Z | high | - | expired | agreement T-1
        term.example | 2026-04-10T15:00Z | high | 2026-04-30 | covered | agreement T-1
        term.example | 2026-04-10T15:00Z | high | 2026-05-01 | expired | agreement T-1
        term2.example | 2026-06-30T15:00Z | high | - | covered | agreement T-2
        term2.example | 2026-07-01T15:00Z | high | - | expired | agreement T-2
        requested.example | 2026-05-01T15:00Z | high | - | pending | agreement N-1
        withdrawn.example | 2026-05-01T15:00Z | high | - | declined | agreement N-2
        declined.example | 2026-05-01T15:00Z | high | - | declined | agreement N-3
        declined.example | 2026-09-01T15:00Z | high | - | excepted | exception declined.example
        declined.example | 2026-11-01T03:59Z | high | - | excepted | exception declined.example
        declined.example | 2026-11-01T04:00Z | high | - | declined | agreement N-3
        pending.example | 2026-05-01T15:00Z | high | - | pending | agreement N-4
        renewing.example | 2025-12-31T15:00Z | high | - | covered | agreement N-5
        renewing.example | 2026-05-01T15:00Z | high | - | pending | agreement N-6
        ownpaper.example | 2026-05-01T15:00Z | high | - | covered | agreement P-1
        clickwrap.example | 2026-05-01T15:00Z | high | - | covered | agreement P-2
        nodata.example | 2026-05-01T15:00Z | high | - | covered | agreement P-3
        shared1.example | 2026-05-01T15:00Z | high | - | covered | agreement O-1
        shared2.example | 2026-05-01T15:00Z | high | - | expired | agreement W-2
        exact.shared3.example | 2026-05-01T15:00Z | high | - | covered | agreement O-1
        x.exact.shared3.example | 2026-05-01T15:00Z | high | - | expired | agreement W-2
        shared3.example | 2026-05-01T15:00Z | high | - | expired | agreement W-2
        schools.example | 2026-05-01T15:00Z | high | - | covered | agreement S-1
        schools.example | 2026-05-01T15:00Z | middle | - | covered | agreement S-2
        schools.example | 2026-05-01T15:00Z | primary | - | out_of_scope | agreement S-1
        schools.example | 2026-05-01T15:00Z | noschool | - | out_of_scope | agreement S-1
        schools.example | 2026-05-01T15:00Z | staff | - | out_of_scope | agreement S-1
        sig.example | 2026-02-15T15:00Z | high | - | not_yet_effective | agreement G-1
        sig.example | 2026-02-20T05:00Z | high | - | covered | agreement G-1
        late.example | 2026-05-01T15:00Z | high | - | covered | agreement L-1
        late.example | 2026-05-01T15:00Z | high | 2026-05-31 | unknown_owner | -
        late.example | 2026-05-01T15:00Z | high | 2026-06-01 | no_agreement | product a
        late.example | 2026-05-01T15:00Z | high | 2026-06-02 | covered | agreement L-1
        both.example | 2026-05-01T15:00Z | high | - | covered | agreement B-1
        both.example | 2025-05-01T15:00Z | high | - | platform | platform both.example
        both2.example | 2026-05-01T15:00Z | high | - | platform | platform both2.example
        x.update.example | 2026-05-01T15:00Z | high | - | platform | platform update.example
        ads.example | 2026-05-01T15:00Z | high | - | no_agreement | third_party ads.example
        one.ads.example | 2026-05-01T15:00Z | high | - | excepted | exception =one.ads.example
        x.one.ads.example | 2026-05-01T15:00Z | high | - | no_agreement | third_party ads.example
        one.ads.example | 2027-01-01T05:00Z | high | - | no_agreement | third_party ads.example
        img.cdn.example | 2026-05-01T15:00Z | high | - | no_agreement | third_party cdn.example
        d111.cloudfront.net | 2026-05-01T15:00Z | high | - | no_agreement | third_party cloudfront.net
        moved.example | 2026-03-31T15:00Z | high | - | no_agreement | third_party moved.example
        gone.example | 2026-03-31T15:00Z | high | - | no_agreement | third_party gone.example
        gone.example | 2026-04-01T15:00Z | high | - | unknown_owner | -
        entered.example | 2026-05-01T15:00Z | high | - | no_agreement | third_party entered.example
        entered.example | 2026-05-01T15:00Z | high | 2026-05-31 | unknown_owner | -
        nobodys.example | 2026-05-01T15:00Z | high | - | unknown_owner | third_party nobodys.example
        pilot.example | 2026-09-01T03:59Z | high | - | unknown_owner | -
        pilot.example | 2026-09-01T04:00Z | high | - | excepted | exception pilot.example
        pilot.example | 2027-01-01T04:59Z | high | - | excepted | exception pilot.example
        pilot.example | 2027-01-01T05:00Z | high | - | unknown_owner | -
        known.example | 2026-10-01T15:00Z | high | - | excepted | exception known.example
        known.example | 2026-10-01T15:00Z | high | 2026-10-31 | unknown_owner | -
        known.example | 2026-10-01T15:00Z | high | 2026-11-01 | excepted | exception known.example
        silent.example | 2026-05-01T15:00Z | high | - | no_agreement | agreement N-5
        """
}
