# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation tests: cosmic-ray changes one place of the code at a time, and the unit tests that run that place have to notice.

    make mutants                                          20 places of each room, always the same ones for the same code
    make mutants ARGS="--sample 50 --seed 7 --room _rules"

What ends as survived is a gap in the tests, or a change that changes nothing: those are listed in EQUIVALENT, with the reason. The status is 1
if a room is below 95 %. scripts/mutants.sh prepares the copy of the tree that is changed here, and the list of which test runs which line.
"""

from __future__ import annotations

import argparse
import ast
import collections
import concurrent.futures
import dataclasses
import multiprocessing
import os
import pathlib
import random
import re
import shlex
import shutil
import sys
import time
import typing as t

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_and_test, mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from cosmic_ray.work_item import MutationSpec, TestOutcome
from coverage import CoverageData

COLLECTION = pathlib.Path("ansible_collections/unity_jumpcloud/scim")
UTILS = "plugins/module_utils"
ROOMS = ("_rules", "_people", "_http", "_logic")
WANTED = 95
SECONDS = 300  # for the tests of one mutant; an endless loop is noticed by that
JOBS = 2

# The changes that a person could make by mistake. Left out is what breaks as soon as it runs ("..." // name), and what compares names by identity or by order:
# no test of "==" could tell.
KINDS = re.compile(
    r"core/(AddNot|NumberReplacer|ExceptionReplacer|RemoveDecorator|ZeroIterationForLoop"
    r"|Replace(TrueWithFalse|FalseWithTrue|AndWithOr|OrWithAnd|BreakWithContinue|ContinueWithBreak)"
    r"|ReplaceUnaryOperator_(Delete_Not|USub_UAdd)"
    r"|ReplaceBinaryOperator_(Add_Sub|Sub_Add|Sub_BitOr|Mul_FloorDiv|Div_Mul|FloorDiv_Mul|Pow_Mul|BitOr_BitAnd|BitAnd_BitOr|BitXor_BitOr)"
    r"|ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is|Lt_LtE|Lt_GtE|LtE_Lt|LtE_Gt|Gt_GtE|Gt_LtE|GtE_Gt|GtE_Lt))"
)

# (file, pattern of the changed line without its indentation): why no test can tell.
EQUIVALENT = {
    ("_http/bounded.py", r"PACKED_CHUNK = \d \* *\d+"): "in how large pieces an answer is read changes nothing but its pace",
    ("_http/pace.py", r"self\._not_before = -?[01]\.0"): "by the clock of a machine that is up, long past",
    (
        "_http/listing.py",
        r"self\._was_whole = .*\(self\.total or 1\) - before",
    ): "without a total no row is known before, and one that is known would be",
    ("_logic/preflight_jumpcloud.py", r"evidence = evidence_of_activity\(history, None, True, None, word\)"): "there is nothing that it had to be newer than",
    ("_people/reconciliation.py", r".*(row\[ -1\] for row in .*\b(UNLISTED|twins)\b|fetchone\(\)\[ -1\]).*"): "the rows have one column",
    ("_rules/watching.py", r"MOST_REMEMBERED = \d+"): "any large number does; the tests give a small one",
}


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One change of one place."""

    room: str
    path: str
    line: int
    before: str
    after: str
    spec: MutationSpec
    tests: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def reason(self) -> str | None:
        """Why it may survive."""
        file = self.path.removeprefix(f"{UTILS}/")
        return next((reason for (name, pattern), reason in EQUIVALENT.items() if name == file and re.fullmatch(pattern, self.after)), None)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What the tests made of it."""

    killed: bool
    timed_out: bool
    diff: str
    seconds: float


Position = t.Tuple[int, int]
Place = t.Tuple[str, Position, Position, str]
Lines = t.Dict[int, t.FrozenSet[str]]


class Seen:
    """Which test functions ran which line; what ran while a file was imported belongs to no test."""

    def __init__(self, path: str) -> None:
        self._measured = CoverageData(path)
        self._measured.read()
        self._names = {f"{UTILS}/{name.rpartition(f'/{UTILS}/')[2]}": name for name in self._measured.measured_files() if f"/{UTILS}/" in name}

    def lines(self, path: str) -> Lines:
        """The tests of each line of a file."""
        tests = self._measured.contexts_by_lineno(self._names[path]) if path in self._names else {}
        return {line: frozenset(re.split(r"[\[|]", name)[0] for name in names if name) for line, names in tests.items()}


def header_of(tree: ast.Module, line: int) -> range:
    """The lines of the innermost statement around a line; of an if, a loop or a function its head only."""
    found = range(line, line + 1)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None)
            end = body[0].lineno if body else (node.end_lineno or node.lineno) + 1
            if node.lineno <= line < max(end, node.lineno + 1):
                found = range(node.lineno, max(end, node.lineno + 1))
    return found


def runs_at_import(tree: ast.Module, line: int) -> bool:
    """Whether a line is in no function's body."""
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return not any(function.body[0].lineno <= line <= (function.end_lineno or line) for function in functions)


def tests_of(lines: Lines, tree: ast.Module, line: int, room: str) -> tuple[str, ...]:
    """The tests that run a line, those of the room first; of one that an import runs, the tests of the whole file."""
    wanted = lines if runs_at_import(tree, line) else header_of(tree, line)
    tests: set[str] = set().union(*(lines.get(number, frozenset()) for number in wanted))
    return tuple(sorted(tests, key=lambda test: (f"/{room}/" not in test, test)))


def meaningless(source: str) -> list[tuple[Position, Position]]:
    """Where a change says nothing: annotations, which are never evaluated, and what only keeps others from writing to a value."""
    found = []
    for node in ast_nodes(get_ast(source)):
        annotation = node.children[1] if node.type == "annassign" else node.annotation if node.type in ("funcdef", "param") else None
        if annotation is not None:
            found.append((annotation.start_pos, annotation.end_pos))
        if node.type == "argument" and node.get_code().strip() == "frozen=True":
            found.append((node.start_pos, node.end_pos))
    return found


def places(path: pathlib.Path) -> dict[Place, list[MutationSpec]]:
    """All changes of a file, by place and family: + may become this or that, and counts once."""
    source = path.read_text(encoding="utf-8")
    nodes, skipped = list(ast_nodes(get_ast(source))), meaningless(source)
    found: dict[Place, list[MutationSpec]] = collections.defaultdict(list)
    for name in filter(KINDS.fullmatch, operator_names()):
        operator = get_operator(name)()
        positions = [position for node in nodes for position in operator.mutation_positions(node)]
        for occurrence, (start, end) in enumerate(positions):
            if not any(first <= start and end <= last for first, last in skipped):
                spec = MutationSpec(module_path=path, operator_name=name, occurrence=occurrence, start_pos=start, end_pos=end)
                found[str(path), start, end, name.split("_")[0]].append(spec)
    return found


def changed_line(before: str, after: str, line: int) -> tuple[str, str]:
    """A line before and after; of a decorator that is gone, nothing is left."""
    old, new = before.splitlines(), after.splitlines()
    return old[line - 1].strip(), new[line - 1].strip() if len(old) == len(new) else ""


def sample(room: str, size: int, seed: int, seen: Seen) -> list[Mutant]:
    """The same mutants for the same code, size and seed. A change that is no Python is none."""
    chance = random.Random(f"{seed} {room}")
    candidates: dict[Place, list[MutationSpec]] = {}
    for path in sorted(pathlib.Path(UTILS, room).glob("*.py")):
        candidates.update(places(path))
    order = sorted(candidates)
    chance.shuffle(order)
    found: list[Mutant] = []
    known: dict[str, Lines] = {}
    for place in order:
        if len(found) == size:
            break
        spec = chance.choice(candidates[place])
        source = spec.module_path.read_text(encoding="utf-8")
        mutated = mutate_code(source, get_operator(spec.operator_name)(), spec.occurrence)
        tree = ast.parse(source)
        try:
            if ast.dump(ast.parse(mutated)) == ast.dump(tree):
                continue
        except SyntaxError:
            continue
        path, line = spec.module_path.as_posix(), spec.start_pos[0]
        known[path] = known.get(path) or seen.lines(path)
        tests = tests_of(known[path], tree, line, room)
        found.append(Mutant(room, path, line, *changed_line(source, mutated, line), spec, tests))
    return found


def enter(copies: multiprocessing.Queue[str]) -> None:
    """Each process changes a copy of its own."""
    root = pathlib.Path(copies.get())
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = os.environ["PYTHONPATH"] = str(root)
    os.chdir(root / COLLECTION)


def judge(mutant: Mutant, python: str) -> Verdict:
    """Make the change, run the tests, take it back."""
    started = time.monotonic()
    if not mutant.tests:
        return Verdict(False, False, f"no test runs this line: {mutant.before}", 0)
    chosen = pathlib.Path(os.environ["PYTHONPATH"], "tests.txt")
    chosen.write_text("\n".join(mutant.tests), encoding="utf-8")
    command = shlex.join([python, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"@{chosen}"])
    result = mutate_and_test([mutant.spec], command, SECONDS)
    if result.test_outcome not in (TestOutcome.KILLED, TestOutcome.SURVIVED):
        raise RuntimeError(f"{mutant.place}: {result.output}")
    if result.test_outcome is TestOutcome.KILLED and not re.search(r"\d+ (failed|error)|^timeout$|ImportError while loading conftest", result.output or ""):
        raise RuntimeError(f"{mutant.place}: no test failed, but pytest did:\n{result.output}")
    changed = [line for line in (result.diff or "").splitlines() if re.match(r"[-+](?![-+]{2})", line)]
    return Verdict(result.test_outcome is TestOutcome.KILLED, result.output == "timeout", "\n".join(changed), time.monotonic() - started)


def report(judged: list[tuple[Mutant, Verdict]]) -> int:
    """Print the table and the survivors; the status to end with."""
    status = 0
    print(f"\n{'room':10} {'mutants':>8} {'killed':>8} {'survived':>9} {'equivalent':>11} {'score':>7}")
    for room, group in ((room, [pair for pair in judged if pair[0].room == room]) for room in ROOMS):
        if not group:
            continue
        killed = sum(verdict.killed for _mutant, verdict in group)
        equivalent = sum(bool(mutant.reason) and not verdict.killed for mutant, verdict in group)
        counted = len(group) - equivalent
        score = 100 * killed / counted if counted else 100
        print(f"{room:10} {len(group):8} {killed:8} {counted - killed:9} {equivalent:11} {score:5.0f} %")
        status |= score < WANTED
    for mutant, verdict in judged:
        if verdict.timed_out:
            print(f"\n{mutant.place} killed by the time limit of {SECONDS} seconds\n{verdict.diff}")
        elif not verdict.killed:
            print(f"\n{mutant.place} {f'equivalent: {mutant.reason}' if mutant.reason else 'survived'}\n{verdict.diff}")
        elif mutant.reason:
            print(f"\n{mutant.place} is listed as equivalent, but a test fails: take it off the list")
            status = 1
    print(f"\n{sum(verdict.seconds for _mutant, verdict in judged) / max(len(judged), 1):.1f} seconds a mutant")
    return int(status)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--sample", type=int, default=20, help="mutants of each room")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--room", choices=ROOMS, action="append")
    for name in ("--copy", "--python", "--seen"):
        parser.add_argument(name, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()

    copies: multiprocessing.Queue[str] = multiprocessing.Queue()
    for number in range(JOBS):
        root = pathlib.Path(f"{options.copy}-{number}")
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(options.copy, root, symlinks=True)
        copies.put(str(root))

    os.chdir(pathlib.Path(options.copy) / COLLECTION)
    seen = Seen(options.seen)
    mutants = [mutant for room in options.room or ROOMS for mutant in sample(room, options.sample, options.seed, seen)]
    judged = []
    with concurrent.futures.ProcessPoolExecutor(JOBS, initializer=enter, initargs=(copies,)) as pool:
        for mutant, verdict in zip(mutants, pool.map(judge, mutants, [options.python] * len(mutants))):
            print(f"{'killed' if verdict.killed else 'survived':9} {verdict.seconds:5.1f} s  {len(mutant.tests):4} tests  {mutant.place}", flush=True)
            judged.append((mutant, verdict))
    return report(judged)


if __name__ == "__main__":
    sys.exit(main())
