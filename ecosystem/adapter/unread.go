package adapter

import (
	"bytes"

	"figment/scanner/text"
)

// cacheTag begins a file CACHEDIR.TAG: https://bford.info/cachedir/
const cacheTag = "Signature: 8a477f597d28d172789f06886806bc55"

// foldersElsewhere are the folders that tools of no ecosystem fill, or of one
// that has no adapter.
func foldersElsewhere() []text.Folder {
	return []text.Folder{
		{Names: []string{".git", ".hg", ".svn", ".terraform", "Pods"}},
		{Marks: []string{"CACHEDIR.TAG"}, Made: func(here map[string]bool, read func(string) []byte) string {
			if here["CACHEDIR.TAG"] && bytes.HasPrefix(read("CACHEDIR.TAG"), []byte(cacheTag)) {
				return "CACHEDIR.TAG"
			}
			return ""
		}},
	}
}

// elsewhere are the files and texts that name packages of no ecosystem which has
// an adapter, and the languages that import none.
func elsewhere() []text.Known {
	return []text.Known{
		{What: "CocoaPods manifest", Names: []string{"Podfile"}},
		{What: "CocoaPods lock file", Names: []string{"Podfile.lock"}},
		{What: "CocoaPods specification", Names: []string{".podspec"}},
		{What: "Carthage manifest", Names: []string{"Cartfile"}},
		{What: "Carthage lock file", Names: []string{"Cartfile.resolved"}},
		{What: "Swift manifest", Names: []string{"Package.swift"}, Labels: []string{"swift"}},
		{What: "Swift lock file", Names: []string{"Package.resolved"}},
		{What: "renv lock file", Names: []string{"renv.lock"}, Labels: []string{"r"}},
		{What: "Perl manifest", Names: []string{"cpanfile", "Makefile.PL"}, Labels: []string{"perl"}},
		{What: "Perl lock file", Names: []string{"cpanfile.snapshot"}},
		{What: "Stack manifest", Names: []string{"stack.yaml"}, Labels: []string{"haskell", "hs"}},
		{What: "Stack lock file", Names: []string{"stack.yaml.lock"}},
		{What: "Cabal project", Names: []string{"cabal.project"}},
		{What: "Cabal manifest", Names: []string{".cabal"}},
		{What: "Elm manifest", Names: []string{"elm.json"}, Labels: []string{"elm"}},
		{What: "Conan manifest", Names: []string{"conanfile.txt", "conanfile.py"}, Labels: []string{"c", "h", "cpp", "c++"}},
		{What: "Conan lock file", Names: []string{"conan.lock"}},
		{What: "vcpkg manifest", Names: []string{"vcpkg.json"}},
		{What: "LuaRocks manifest", Names: []string{".rockspec"}, Labels: []string{"lua"}},
		{What: "DUB manifest", Names: []string{"dub.json", "dub.sdl"}},
		{What: "Crystal manifest", Names: []string{"shard.yml"}},
		{What: "Crystal lock file", Names: []string{"shard.lock"}},
		{What: "Nimble manifest", Names: []string{".nimble"}, Labels: []string{"nim"}},
		{What: "V manifest", Names: []string{"v.mod"}},
		{What: "Nix lock file", Names: []string{"flake.lock"}, Labels: []string{"nix"}},
		{What: "Bazel module", Names: []string{"MODULE.bazel"}},
		{What: "Bazel lock file", Names: []string{"MODULE.bazel.lock"}},
		{What: "Homebrew manifest", Names: []string{"Brewfile"}},
		{What: "CycloneDX document", Names: []string{".cdx.json", "bom.json", ".bom.json"}},
		{What: "SPDX document", Names: []string{".spdx.json"}},
		{Names: []string{".figment.toml"}, Owns: true},
		{Labels: []string{
			"ini", "cfg", "conf", "config", "properties", "env", "dotenv", "editorconfig", "xml", "css", "scss", "sass", "less", "sql", "graphql", "proto", "protobuf",
			"objc", "objective-c", "zig", "ocaml", "lisp", "scheme", "julia", "matlab", "fortran", "pascal", "solidity", "hcl", "terraform",
			"cmake", "nginx", "mermaid", "dot", "plantuml", "latex", "tex", "csv", "regex", "http",
		}},
	}
}
