"""Evaluates hostile expressions under a memory limit, and prints what each cost as JSON. Run as a script."""

import json
import resource
import sys
import time

from flowrt.definition.expressions import compile_expression

LONG = "a" * 2_000_000
HOSTILE = [
    "'a'*10**9",
    "9**9**9",
    "9**999999",
    "(9**999999)%7",
    "n*n*n*n*n*n",
    "huge*huge",
    "huge+1",
    "str(huge)",
    "[0]*10**9",
    "[x for x in l for y in l for z in l]",
    "[[[[a+b+c+d for a in l] for b in l] for c in l] for d in l]",
    "big+big+big+big+big+big+big+big",
    "[big+'x' for x in l]",
    "upper(big)",
    "[upper(big) for x in l]",
    "[upper(uni) for x in l]",
    "[lower(uni) for x in l]",
    "replace(big,'a','b'*1000)",
    "[replace(big,'a','b') for x in l]",
    "[replace(big,'a','') for x in l]",
    "[replace(big,'','') for x in l]",
    "split(big,'a')",
    "[split(big,'b') for x in l]",
    "split(big, '')",
    "join([big,big,big,big,big,big], big)",
    "[big == big2 for x in l for y in l]",
    "[big < big2 for x in l for y in l]",
    "['b' in big for x in l for y in l]",
    "[('a'*3) for x in l]",
    "['aaaaaaab' in big for x in l for y in l]",
    "long == long2",
    "[long == long2 for x in l]",
    "deep == deep2",
    "sum(long)",
    "[sum(long) for x in l]",
    "sorted(long)",
    "max(long)",
    "[rows, rows, rows]",
    "[rows for x in l for y in l]",
    "{'a': [big, big, big, big, big, big, big, big, big, big, big, big, big, big, big, big, big, big]}",
    "rows",
    "[r for r in rows]",
    "[default(r.zz, 1) for r in rows]",
    "[has(zz) for r in rows]",
    "[r.zz for r in rows]",
    "round(7, 10**9)",
    "round(7, -10**9)",
    "round(n, -99)",
    "int(big)",
    "float(big)",
    "number(big)",
    "float('inf')",
    "float('nan')",
    "int('9'*3)",
    "big[0:1999999]",
    "[big[0:1999999] for x in l]",
    "[long[0:199999] for x in l]",
    "+".join(["s"] * 1300),
    "+".join(["big"] * 1000),
    "+".join(["1"] * 2000),
    "**".join(["9"] * 1300),
    "(" * 2000 + "1" + ")" * 2000,
    "[" * 1500,
    "{" * 1500,
    "-" * 4000 + "1",
    "!" * 4000 + "a",
    "not " * 1000 + "a",
    "1 if " * 500 + "1",
    "a?" * 500 + "1",
    "1?" * 32 + "1" + ":1" * 32,
    "(" * 31 + "1?2:3" + ")" * 31,
    "x" + ".a" * 1500,
    "l" + "[0]" * 1000,
    " and ".join(["1"] * 800),
    "0" + "<1" * 1500,
    "1 if 1 else " * 300 + "1",
    "lambda:" * 500 + "1",
    "a(" * 30 + ")" * 30,
    "str(" * 31 + "1" + ")" * 31,
    "{{s}}",
    "'{:>999999999}'.format(1)",
    "'%999999999d' % 1",
    "f'{1:>999999999}'",
    "s.__class__.__mro__",
    "().__class__.__bases__[0].__subclasses__()",
    "__import__('os').system('true')",
    "record.__class__",
    "[x for x in 'abc']",
    "9" * 4090,
    "1e999",
    "0x" + "f" * 3000,
    "'" + "\\u0041" * 600 + "'",
    "\\",
    "\x00",
    "'\x00'",
    "\ud800",
    "[a for a in l if a in long]",
    "[1 for a in long if a == -1]",
    "all(long)",
    "keys(rows[0])",
    "min(deep)",
    "contains(long, -1)",
    "[contains(long,-1) for a in l]",
    "has(has(a))",
    "default(1/0, 2)",
    "[[1 for b in long] for a in l]",
    "{'a':1}.a",
    "{s:s}[s]",
    "get(rows[0], l)",
    "rows[0][l]",
    "str(1e300)",
    "max(1, 'a')",
    "join(long,'')",
    "[join(['a'],big) for a in l]",
    "join(['a','b','c','d'],big)",
]


def make_record():
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    return {
        "s": "a" * 1000,
        "big": LONG,
        "big2": LONG[:-1] + "b",
        "uni": "\u0130" * 1_000_000,
        "l": list(range(100)),
        "long": list(range(200_000)),
        "long2": list(range(200_000)),
        "rows": [{"n": n, "t": "x" * 50} for n in range(2000)],
        "n": 10**1000,
        "huge": 10**50_000,
        "deep": deep,
        "deep2": [deep],
    }


def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cost_of(text, record):
    before, started, raised = megabytes(), time.perf_counter(), ""
    try:
        compile_expression(text).evaluate(record)
    except BaseException as error:
        raised = type(error).__name__
        if raised not in {"ExpressionError", "RecursionError", "MemoryError"}:
            raise
    return {"raised": raised, "seconds": time.perf_counter() - started, "megabytes": megabytes() - before}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
    record = make_record()
    compile_expression("1").evaluate(record)
    json.dump({text: cost_of(text, record) for text in HOSTILE}, sys.stdout)
