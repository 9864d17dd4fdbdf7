#!/usr/bin/env bash
# Runs every check, one line each; what fails shows its output. Needs Rust, and installs what else it lacks.
#
#   ./test.sh          everything
#   ./test.sh STEP…    only these: format lint docs test deny
set -uo pipefail
cd "$(dirname "$0")"

export CARGO_TERM_COLOR=never CARGO_TERM_PROGRESS_WHEN=never RUST_BACKTRACE=0 INSTA_UPDATE=no
export RUSTDOCFLAGS="-D warnings"
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
failed=()

# step NAME COMMAND…: runs it quietly and says how long it took.
step() {
    local name=$1 log="$logs/$1" start=$SECONDS
    shift
    if "$@" >"$log" 2>&1; then
        printf '%-8s ok      %4d s\n' "$name" $((SECONDS - start))
    else
        printf '%-8s FAILED  %4d s\n' "$name" $((SECONDS - start))
        grep -vE '^ *(Compiling|Downloaded|Downloading|Locking|Updating|Checking|Documenting) |^test .* ok$|^$' "$log" | tail -n 120
        failed+=("$name")
    fi
}

# cargo-deny checks licences and sources offline; the advisories need a database that is not a package.
deny() {
    command -v cargo-deny >/dev/null || cargo install --locked --quiet cargo-deny || return 1
    cargo deny --offline --log-level error check bans licenses sources
}

lint() { cargo clippy --locked --all-targets -- -D warnings; }
docs() { cargo doc --locked --no-deps; }
tests() { cargo test --locked --no-fail-fast; }

run() {
    case $1 in
        format) step format cargo fmt --check ;;
        lint) step lint lint ;;
        docs) step docs docs ;;
        test) step test tests ;;
        deny) step deny deny ;;
        *) echo "test.sh: there is no step '$1'" >&2 && exit 2 ;;
    esac
}

for name in "${@:-format lint docs test deny}"; do
    for one in $name; do run "$one"; done
done

# The tests of all binaries together.
if [ -f "$logs/test" ]; then
    awk '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
         END { printf "%d passed, %d failed, %d skipped\n", passed, failed, ignored }' "$logs/test"
fi
if [ ${#failed[@]} -gt 0 ]; then
    echo "failed: ${failed[*]}"
    exit 1
fi
