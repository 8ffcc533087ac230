package javascript_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	. "figment/scanner/extract"
	"figment/scanner/source"
)

const corpus = `
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
		Stdin: &api.StdinOptions{Contents: corpus, Loader: api.LoaderJSX, Sourcefile: "a.jsx"}, Bundle: true, Write: false, Plugins: []api.Plugin{plugin}, JSX: api.JSXTransform,
	})
	if len(res.Errors) > 0 {
		t.Fatal(res.Errors)
	}
	refs, _ := File(&source.File{Path: "a.jsx", Data: []byte(corpus)})
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
