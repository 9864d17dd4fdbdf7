#!/usr/bin/env bash
# Runs every check, one line each; what fails shows its output. Needs Rust, and installs what else it lacks.
#
#   ./test.sh          everything
#   ./test.sh STEP…    only these: format lint docs test deny web e2e
set -uo pipefail
cd "$(dirname "$0")"

export CARGO_TERM_COLOR=never CARGO_TERM_PROGRESS_WHEN=never RUST_BACKTRACE=0 INSTA_UPDATE=no
export RUSTDOCFLAGS="-D warnings" NO_COLOR=1
# Node from npm, where the system's is too old; see need_node.
export PATH="$PWD/target/node/bin:$PATH"
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

# system PACKAGE…: installs packages of Debian.
system() {
    local root=()
    [ "$(id -u)" = 0 ] || root=(sudo)
    "${root[@]}" apt-get update -qq &&
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$@"
}

has_node() {
    local wanted="const [major, minor] = process.versions.node.split('.'); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)"
    command -v npm >/dev/null && node -e "$wanted"
}

# Vite needs Node 20.19 or later. Debian's npm can be older and still bring a newer one, as a package, into target/.
need_node() {
    has_node && return
    command -v npm >/dev/null || system nodejs npm || return 1
    has_node || npm install --global --prefix target/node --no-audit --no-fund --loglevel=error node@22 || return 1
    hash -r
    has_node
}

# What web/ is built and checked with, as its lock file has it.
need_packages() {
    need_node || return 1
    [ web/node_modules/.package-lock.json -nt web/package-lock.json ] ||
        (cd web && npm ci --no-audit --no-fund --loglevel=error)
}

# The app that is committed, and so is in the binary, is what its source makes.
bundle() {
    npx vite build --outDir "$logs/app" --emptyOutDir --logLevel warn && diff -r "$logs/app" ../assets/app && return
    echo "assets/app is not what web/ makes: run 'npm run build' in web/"
    return 1
}

web() {
    need_packages && (
        cd web && npm run --silent lint && npm run --silent check && npm run --silent types:check &&
            npm run --silent test && bundle && npm run --silent size
    )
}

# The app in a real browser against the binary that the tests of the command line run, too: asked for in the same way, it
# is not built twice.
e2e() {
    need_packages && { command -v chromium >/dev/null || system chromium; } &&
        cargo test --locked --no-run --test cli &&
        (cd web && PIXLOG_BIN="$PWD/../target/debug/pixlog" npm run --silent e2e)
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
        web) step web web ;;
        e2e) step e2e e2e ;;
        *) echo "test.sh: there is no step '$1'" >&2 && exit 2 ;;
    esac
}

for name in "${@:-format lint docs test deny web e2e}"; do
    for one in $name; do run "$one"; done
done

# All tests together, as cargo and Vitest count them.
counted=()
for name in test web e2e; do
    [ -f "$logs/$name" ] && counted+=("$logs/$name")
done
if [ ${#counted[@]} -gt 0 ]; then
    awk '/^test result:/ { passed += $4; failed += $6; skipped += $8 }
         /^ *Tests  / {
             for (field = 2; field < NF; field++) {
                 if ($(field + 1) == "passed") passed += $field
                 if ($(field + 1) == "failed") failed += $field
                 if ($(field + 1) == "skipped" || $(field + 1) == "todo") skipped += $field
             }
         }
         END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }' "${counted[@]}"
fi
if [ ${#failed[@]} -gt 0 ]; then
    echo "failed: ${failed[*]}"
    exit 1
fi
