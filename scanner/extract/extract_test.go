package extract_test

import (
	"bytes"
	"encoding/json"
	"figment/ecosystem/all"
	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"figment/fixtures"
	"figment/scanner/source"
)

// fuzz runs a target with all formats.
func fuzz(f *testing.F, paths ...string) {
	extracttest.Fuzz(f, all.Formats(), extracttest.Commands(), paths...)
}

func FuzzPython(f *testing.F)     { fuzz(f, "a.py") }
func FuzzJavaScript(f *testing.F) { fuzz(f, "a.ts", "a.jsx") }
func FuzzMarkdown(f *testing.F)   { fuzz(f, "a.md") }
func FuzzSniffed(f *testing.F)    { fuzz(f, "-") }

// TestCRLF: the same names come out of a text with other line ends.
func TestCRLF(t *testing.T) {
	dec := json.NewDecoder(bytes.NewReader(fixtures.Read("extract/golden.jsonl")))
	for dec.More() {
		var c struct{ ID, Path, Text string }
		if err := dec.Decode(&c); err != nil {
			t.Fatal(err)
		}
		unix, _ := File(&source.File{Path: c.Path, Data: []byte(c.Text)})
		dos, _ := File(&source.File{Path: c.Path, Data: []byte(strings.ReplaceAll(c.Text, "\n", "\r\n"))})
		if a, b := namesOf(unix), namesOf(dos); !slices.Equal(a, b) {
			t.Errorf("%s: %v with LF, %v with CRLF", c.ID, a, b)
		}
	}
}

func namesOf(refs []Reference) []string {
	out := []string{}
	for _, r := range refs {
		out = append(out, r.Kind.String()+" "+r.Name+" "+r.Constraint+" "+strings.Join(r.Flags.Names(), ","))
	}
	return out
}

const pythonProbe = `
import ast, json, os, sys
out = {}
for root, dirs, files in os.walk(sys.argv[1]):
    dirs[:] = sorted(d for d in dirs if d not in ("site-packages", "__pycache__", "lib2to3", "test"))
    for name in sorted(files):
        if not name.endswith(".py"): continue
        path = os.path.join(root, name)
        try:
            text = open(path, "rb").read()
            tree = ast.parse(text)
        except Exception:
            continue
        got = set()
        for n in ast.walk(tree):
            if isinstance(n, ast.Import):
                for a in n.names: got.add("%d %s" % (n.lineno, a.name))
            elif isinstance(n, ast.ImportFrom) and n.level == 0 and n.module != "__future__":
                got.add("%d %s" % (n.lineno, n.module))
        out[path] = sorted(got)
print(json.dumps(out))
`

// TestPythonOracle compares the scanner with Python's own parser over the
// standard library of the machine.
func TestPythonOracle(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads the whole standard library of Python")
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed: the Python scanner was not compared with its parser")
	}
	lib, err := exec.Command(python, "-c", "import os; print(os.path.dirname(os.__file__))").Output()
	if err != nil {
		t.Skip("python3 does not work: the Python scanner was not compared with its parser")
	}
	out, err := exec.Command(python, "-c", pythonProbe, strings.TrimSpace(string(lib))).Output()
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][]string
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	hit, missed, extra := 0, 0, 0
	for path, list := range want {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		refs, _ := File(&source.File{Path: "x.py", Data: data})
		got := map[string]bool{}
		for _, r := range refs {
			if r.Kind == Import && !r.Flags.Has(Dynamic) {
				got[r.Module] = true
			}
		}
		seen := map[string]bool{}
		for _, w := range list {
			_, module, _ := strings.Cut(w, " ")
			if seen[module] {
				continue
			}
			seen[module] = true
			if got[module] {
				hit++
			} else {
				missed++
				t.Logf("missed %s in %s", w, filepath.Base(path))
			}
		}
		for m := range got {
			if !seen[m] {
				extra++
				t.Logf("extra %s in %s", m, filepath.Base(path))
			}
		}
	}
	t.Logf("%d files: %d found, %d missed, %d too many", len(want), hit, missed, extra)
	if hit < 500 || missed*1000 > hit || extra*1000 > hit {
		t.Errorf("%d found, %d missed, %d too many", hit, missed, extra)
	}
}

const jsCorpus = `
import React, { useState as u } from "react";
import * as path from 'node-path';
import def from "./local";
import "side-effect";
export { a, b as c } from "re-export";
export * from "re-export-all";
const lazy = () => import("lazy-load");
const fs = require("fs-extra"), q = /require("no")/g;
const t = ` + "`${require('in-template')} import x from \"no-template\"`" + `;
if (a / 2 > b / require("divided")) { }
function f() { return /["']import x from "nope"/.test(s) }
const el = <div title="import y from 'attr'">text import z from "jsx-text" {require("in-jsx")}</div>;
class K { import() {} require(x) { return x } }
obj.require("method"); obj.import("method2");
export default function () { return <A.B x={() => require("attr-code")} /> }
`

// TestJavaScriptOracle compares the scanner with esbuild.
func TestJavaScriptOracle(t *testing.T) {
	var want []string
	plugin := api.Plugin{Name: "record", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if a.Kind != api.ResolveEntryPoint && !strings.HasPrefix(a.Path, ".") && !strings.Contains(a.Path, "jsx-runtime") {
				want = append(want, a.Path)
			}
			return api.OnResolveResult{Path: a.Path, External: true}, nil
		})
	}}
	res := api.Build(api.BuildOptions{
		Stdin: &api.StdinOptions{Contents: jsCorpus, Loader: api.LoaderJSX, Sourcefile: "a.jsx"}, Bundle: true, Write: false, Plugins: []api.Plugin{plugin}, JSX: api.JSXTransform,
	})
	if len(res.Errors) > 0 {
		t.Fatal(res.Errors)
	}
	refs, _ := File(&source.File{Path: "a.jsx", Data: []byte(jsCorpus)})
	var got []string
	for _, r := range refs {
		if r.Kind == Import {
			got = append(got, r.Name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(slices.Compact(got), slices.Compact(want)) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// corpora for the benchmarks: ordinary code, repeated.
func corpus(unit string) []byte {
	// A file of ordinary size has its imports at the top and code below: one
	// import for about 500 bytes.
	at := strings.Index(unit, "\n\n")
	file := unit + strings.Repeat(unit[at:], 2)
	return bytes.Repeat([]byte(file), 1+(1<<20)/len(file))
}

const pyUnit = `"""Models of orders and what belongs to them."""
from __future__ import annotations
import os, sys
from dataclasses import dataclass, field
import requests
from sqlalchemy.orm import Session, relationship

try:
    import orjson as json
except ImportError:
    import json


@dataclass
class Order:
    """One order.

    The total is in cents, and it is never negative.
    """

    id: int
    lines: list[str] = field(default_factory=list)

    def total(self, session: Session, *, tax: float = 0.2) -> int:
        value = sum(line.price * line.count for line in self.lines if line.count > 0)
        if value > 10_000 and not self.paid:  # large orders are checked
            raise ValueError(f"order {self.id!r} is too large: {value / 100:.2f} of {self.limits['max']}")
        return int(value * (1 + tax)) if tax else value

    def send(self, url: str) -> "requests.Response":
        payload = {"id": self.id, "lines": [line.as_dict() for line in self.lines]}
        return requests.post(url, data=json.dumps(payload), headers={"content-type": "application/json"})
`

const jsUnit = `import React, { useEffect, useState } from "react";
import { api } from "@/lib/api";
import type { Order } from "../types";

// Orders of one customer, newest first.
export function Orders({ customer }: { customer: string }) {
  const [orders, setOrders] = useState<Order[]>([]);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let alive = true;
    api.get(` + "`/customers/${encodeURIComponent(customer)}/orders`" + `).then((res) => {
      if (alive && res.ok) setOrders(res.data.sort((a, b) => b.date - a.date));
    }).catch((e) => setError(String(e.message).replace(/^Error: /, "")));
    return () => { alive = false; };
  }, [customer]);
  const total = orders.reduce((sum, o) => sum + o.price * o.count / 100, 0);
  return { orders, error, total: total.toFixed(2), label: error ? 'failed: ' + error : "ok" };
}
`

const goUnit = `// Package orders keeps orders.
package orders

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Total is what an order costs, in cents.
func Total(ctx context.Context, db *pgx.Conn, id int64) (int64, error) {
	var total int64
	err := db.QueryRow(ctx, "select sum(price * count) from lines where order_id = $1", id).Scan(&total)
	if err != nil {
		return 0, fmt.Errorf("orders: total of %d: %w", id, err)
	}
	return total, nil
}
`

func benchmark(b *testing.B, path string, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		File(&source.File{Path: path, Data: data})
	}
}

func BenchmarkPython(b *testing.B)     { benchmark(b, "a.py", corpus(pyUnit)) }
func BenchmarkJavaScript(b *testing.B) { benchmark(b, "a.ts", corpus(jsUnit)) }
func BenchmarkGoSnippet(b *testing.B) {
	benchmark(b, "a.go", append([]byte("Here it is:\n"), corpus(goUnit)...))
}
func BenchmarkGoFile(b *testing.B) {
	data := []byte(goUnit + strings.Repeat("\nfunc f() { println(\"x\") }\n", 40_000))
	benchmark(b, "a.go", data)
}
