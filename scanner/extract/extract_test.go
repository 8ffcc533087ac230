package extract_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem/all"
	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"

	"figment/fixtures"
	"figment/scanner/source"
)

// fuzz runs a target with all formats.
func fuzz(f *testing.F, paths ...string) {
	extracttest.Fuzz(f, all.Formats(), extracttest.Commands(), paths...)
}

func FuzzMarkdown(f *testing.F) { fuzz(f, "a.md") }
func FuzzSniffed(f *testing.F)  { fuzz(f, "-") }

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
