"""What is committed names no machine's folders and no package registry's host."""

import re

from tests.architecture.repository import relative, shipped_files

# Written apart, so that this file does not name them either.
FOLDERS = ["/" + name + "/" for name in ("work", "root")]
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("deb", "debian", "org"),
        ("registry", "npmjs", "org"),
    )
]
# A folder counts where a path begins: not inside a URL and not after `..`.
MACHINE = re.compile("|".join([rf"(?<![\w.\-])(?:{'|'.join(FOLDERS)})", *map(re.escape, HOSTS)]))


def test_no_file_names_a_machine_or_a_registry():
    found = []
    for path in shipped_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [
            f"{relative(path)}:{number}: {match[0]}"
            for number, line in enumerate(text.splitlines(), start=1)
            if (match := MACHINE.search(line))
        ]
    assert not found, "\n".join(["names a machine or a registry:", *found])


def test_a_folder_counts_only_where_a_path_begins():
    folder, host = FOLDERS[0], HOSTS[0]
    assert MACHINE.search(f"see {folder}main")
    assert MACHINE.search(f"file://{folder}main")
    assert MACHINE.search(f"https://{host}/simple")
    assert not MACHINE.search(f"https://example.com{folder}1")
    assert not MACHINE.search(f"..{folder}shared")
