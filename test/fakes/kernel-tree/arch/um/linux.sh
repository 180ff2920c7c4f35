#!/bin/sh
# User-mode Linux in miniature: one suite of two cases, then it halts.
cat <<'CONSOLE'
Linux version 6.12.117 (prezero@prezero) #1
KTAP version 1
1..1
    KTAP version 1
    # Subtest: page_prezero
    # module: page_prezero_test
    1..2
    ok 1 prezero_test_options_are_checked
    ok 2 prezero_test_handout_is_zero_and_clean
# page_prezero: pass:2 fail:0 skip:0 total:2
ok 1 page_prezero
reboot: System halted
CONSOLE
