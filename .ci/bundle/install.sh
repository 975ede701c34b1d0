#!/bin/sh
# Installs prompt-papermill from this folder, without a network:
#
#     sh install.sh [PREFIX]
#
# PREFIX (default /opt/prompt-papermill) must not be there yet. It gets the Node packages with their dependencies, and a
# Python environment with papermill from the wheels. PYTHON and NODE name the programs to use, if not python3 and node.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${1:-/opt/prompt-papermill}
python=${PYTHON:-python3}
node=${NODE:-node}

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

. "$here/made-for"

command -v "$node" >/dev/null || fail "there is no Node ($node); install Node $node_major, or name it: NODE=/path/of/node sh install.sh"
platform=$("$node" -p 'process.platform + "-" + process.arch')
[ "$platform" = "$made_platform" ] || fail "this bundle is for $made_platform, and $node is for $platform; make one there (npm run bundle)"
modules=$("$node" -p process.versions.modules)
[ "$modules" = "$node_modules_version" ] ||
  fail "the native parts of this bundle are for Node $node_major, and $node is $("$node" --version); name the right one by NODE, or make a bundle with it"
command -v "$python" >/dev/null || fail "there is no Python ($python); name one: PYTHON=/path/of/python3 sh install.sh"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ "$version" = "$python_version" ] ||
  fail "the wheels of this bundle are for Python $python_version, and $python is $version; name the right one by PYTHON, or make a bundle with it"
"$python" -c 'import venv, ensurepip' 2>/dev/null || fail "$python has no venv; on Debian: apt install python3-venv"
[ ! -e "$prefix" ] || fail "$prefix is there already; name another folder, or move it away"

(cd "$here" && sha256sum --quiet --check SHA256SUMS) || fail "this bundle is damaged; copy it once more"

# under another name until it is whole, so that a broken install is not taken for one
new=$prefix.installing.$$
trap 'rm -rf "$new"' EXIT
mkdir -p "$(dirname "$prefix")"
mkdir "$new"
cp -R "$here/node/." "$new/"
mv "$new" "$prefix"
trap 'rm -rf "$prefix"' EXIT
"$python" -m venv "$prefix/python"
"$prefix/python/bin/pip" install --quiet --disable-pip-version-check --no-index --find-links "$here/wheels" \
  -r "$here/requirements.txt"
mkdir -p "$prefix/bin"
cat >"$prefix/bin/prompt-papermill" <<EOF
#!/bin/sh
exec "$(command -v "$node")" "$prefix/node_modules/@prompt-papermill/worker/dist/cli.js" "\$@"
EOF
chmod +x "$prefix/bin/prompt-papermill"
trap - EXIT

echo "installed in $prefix: $("$prefix/bin/prompt-papermill" --version)"
echo "next, with python: $prefix/python/bin/python in the config:"
echo "  $prefix/bin/prompt-papermill init DIR"
echo "  $prefix/bin/prompt-papermill check -c DIR/papermill/worker.yml"
