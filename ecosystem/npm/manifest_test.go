package npm

import (
	. "figment/scanner/extract"
	"figment/scanner/extract/extracttest"

	"strings"
	"testing"

	"figment/scanner/source"
	"figment/scanner/text"
)

// TestNPMSpecs holds what npm's own reader makes of specs on which readers have
// differed from it, and what Yarn, pnpm and Deno add.
func TestNPMSpecs(t *testing.T) {
	for _, c := range []struct{ spec, want string }{
		{"^1", "k"}, {"latest", "k"}, {"", "k"}, {"  ^1 || 2 ", "k"}, {"beta-1", "k"}, {"$x", "k"},
		{"npm:real@^1", "real=k"}, {"NPM:@s/real", "@s/real=k"}, {"npm: real@1", "real=k"}, {"npm:k@2", "k"},
		{"npm:^1", "k"}, {"npm:>=1 <2", "k"}, {"npm:7zip-bin@5", "7zip-bin=k"}, {"npm:latest", "latest=k"},
		{"npm:1.0", "k, 1.0"}, // a version to Yarn, a name to npm
		{"x", "k"}, {"x.tgz", "k(path)"}, {"x.TAR", "k(path)"}, {"foo.tar.gz", "k(path)"},
		{"a/b", "k(git)"}, {"a/b#v1", "k(git)"}, {"a/b/c", "k(path)"}, {"@s/x", "k(path)"}, {"a/", "k(path)"}, {"x/y.tgz", "k(git)"},
		{"./a", "k(path)"}, {"../a", "k(path)"}, {"~/a", "k(path)"}, {".", "k(path)"}, {"/a", "k(path)"}, {`C:\a`, "k(path)"}, {"FILE:a", "k(path)"},
		{"link:../a", "k(path)"}, {"portal:../a", "k(path)"}, {"workspace:^", "k(workspace)"},
		{"github:a/b", "k(git)"}, {"GitHub:a/b", "k(git)"}, {"gist:abc", "k(git)"}, {"git@h.example:a/b.git", "k(git)"}, {"user@h.example:b.git", "k(git)"},
		{"ssh://git@h/a", "k(git)"}, {"git+file:///x", "k(git)"}, {"git://h/a", "k(git)"}, {"https://h/a.tgz", "k(url)"}, {"HTTP://h/a", "k(url)"},
		{"catalog:", "k"}, {"catalog:old", "k"}, {"patch:k@npm%3A1.0.0#./p.patch", "k"},
		{"jsr:@s/x@^1", "@s/x=k"}, {"jsr:^1", "k"},
	} {
		var got []string
		for _, r := range npmRequirement(text.Key{Name: "k", Span: text.Span{}}, text.Value{Kind: 's', Text: c.spec, Span: text.Span{Start: 1, End: 1 + len(c.spec)}}) {
			s := r.Name
			if r.Alias != "" {
				s += "=" + r.Alias
			}
			if r.From != FromRegistry {
				s += "(" + r.From.String() + ")"
			}
			got = append(got, s)
		}
		if g := strings.Join(got, ", "); g != c.want {
			t.Errorf("%q: %s, want %s", c.spec, g, c.want)
		}
	}
}

// TestPackageJSONTables: names out of every table, each at its own place.
func TestPackageJSONTables(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// Keys of pnpm's overrides.
		{`{"pnpm":{"overrides":{"tar-fs@>=2.0.0 <2.1.2":">=2.1.2"}}}`, "1:24 tar-fs"},
		{`{"pnpm":{"overrides":{"express>qs@>=6.0.0":"6.13.0","a@1 || >3>b@<2":"2","@s/a@2>@s/b":"1"}}}`, "1:32 qs, 1:64 b, 1:82 @s/b"},
		{`{"pnpm":{"overrides":{"gone":"-","ref":"$x","al":"npm:@s/real@1","loc":"link:../x"}}}`, "1:55 @s/real=al, 1:67 loc(path)"},
		// Keys of Yarn's resolutions.
		{`{"resolutions":{"@cypress/request/qs@~6.14.1":"^6.15.1"}}`, "1:35 qs"},
		{`{"resolutions":{"**/minimist":"1","webpack/**/terser":"5","**/@s/x/**/@s/y":"1"}}`, "1:21 minimist, 1:47 terser, 1:71 @s/y"},
		{`{"resolutions":{"left-pad@npm:^1.3.0":"patch:left-pad@npm%3A1.3.0#~/.yarn/x.patch","a@npm:@s/b@1":"npm:@s/c@2","p@^1/q@^2":"3"}}`, "1:18 left-pad, 1:104 @s/c=a, 1:118 q"},
		{`{"resolutions":{"a/b":"npm:c@1","@s/x":"1","d@patch:d@1#./x/y.patch":"2"}}`, "1:28 c=b, 1:34 @s/x, 1:45 d"},
		// An archive at the public registry is that package.
		{`{"dependencies":{"a":"https://registry.npmjs.org/evil/-/evil-1.tgz","b":"http://registry.yarnpkg.com/@s/c/-/c-1.tgz","d":"https://registry.npmjs.org/d/-/d-1.tgz"}}`, "1:50 evil=a, 1:102 @s/c=b, 1:150 d"},
		// npm's overrides.
		{`{"overrides":{"react":"$react","foo@1":{".":"1.0.1","minimist":"1.2.8"},"@types/node@>=18":"20","ws":{"bufferutil":{"node-gyp-build":"^4"}}}}`,
			"1:33 foo, 1:33 foo, 1:54 minimist, 1:74 @types/node, 1:98 ws, 1:104 bufferutil, 1:118 node-gyp-build"},
		{`{"overrides":{"chalk":"npm:@plotly/regl@2.1.2","a@npm:b@1":"2"}}`, "1:28 @plotly/regl=chalk, 1:49 a"},
		// Comments.
		{`{"dependencies":{"//":"why","// x":"1","a":"1"},"overrides":{"//":"y","b":{"//":"z"}},"resolutions":{"//":"x"},"catalog":{"//":"x"}}`, "1:41 a, 1:72 b"},
		// Catalogs.
		{`{"catalog":{"a":"npm:b@1"},"catalogs":{"old":{"c":"npm:@s/d@2"}},"workspaces":{"catalog":{"e":"1"},"catalogs":{"x":{"f":"npm:g@1"}}}}`, "1:22 b=a, 1:56 @s/d=c, 1:92 e, 1:126 g=f"},
		// Escapes, and what is written twice.
		{`{"dependencies":{"lod\u0061sh":"1"}}`, "1:19 lodash"},
		{`{"d\u0065pendencies":{"@s\/x":"npm:r\u0065al@1"}}`, "1:32 real=@s/x"},
		{`{"overrides":{"\u0061b@1":"2"},"resolutions":{"x/\u0061c@1":"2"}}`, "1:16 ab, 1:50 ac"},
		{`{"dependencies":{"a":"file:x"},"dependencies":{"a":"1"}}`, "1:19 a(path), 1:49 a"},
		{"\xef\xbb\xbf{\"dependencies\":{\"a\":\"1\"}}", "1:19 a"},
		{`{"dependencies":{"your-sdk":"1","<name>":"1","${x}":"1"}}`, "1:19 your-sdk"},
	} {
		file := &source.File{Path: "package.json", Data: []byte(c.text)}
		refs, problems := File(file)
		extracttest.Check(t, file, refs)
		if len(problems) > 0 {
			t.Errorf("%s: %v", c.text, problems)
		}
		if got := extracttest.Listed(c.text, refs); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// TestPackageLockEntries: where the packages of lock entries come from.
func TestPackageLockEntries(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// Spellings of the public registry.
		{`{"packages":{"node_modules/a":{"resolved":"http://registry.npmjs.org/a/-/a-1.tgz"}}}`, "a"},
		{`{"packages":{"node_modules/a":{"resolved":"https://registry.yarnpkg.com/a/-/a-1.tgz#abc"}}}`, "a"},
		{`{"packages":{"node_modules/a":{"resolved":"https://registry.npmjs.org:443/a/-/a-1.tgz"}}}`, "a"},
		{`{"packages":{"node_modules/a":{"resolved":"https://registry.npmjs.org.evil.example/a/-/a-1.tgz"}}}`, "a@https://registry.npmjs.org.evil.example"},
		{`{"packages":{"node_modules/a":{"resolved":"https://npm.corp.example/npm/a/-/a-1.tgz"}}}`, "a@https://npm.corp.example"},
		{`{"packages":{"node_modules/a":{"resolved":"https://codeload.github.com/a/b/tar.gz/c"}}}`, "a(url)"},
		// The archive of another package than the entry's.
		{`{"packages":{"node_modules/a":{"resolved":"https://registry.npmjs.org/evil/-/evil-1.tgz"}}}`, "a evil"},
		{`{"packages":{"node_modules/a":{"resolved":"https:\\\\registry.npmjs.org\\evil\\-\\a-1.tgz"}}}`, "a evil"},
		{`{"packages":{"node_modules/a":{"resolved":"https://registry.npmjs.org/@s%2fevil/-/evil-1.tgz"}}}`, "a @s/evil"},
		{`{"packages":{"node_modules/@s/a":{"resolved":"https://registry.npmjs.org/@s%2fa/-/a-1.tgz"}}}`, "@s/a"},
		{`{"packages":{"node_modules/x":{"name":"@s/a","resolved":"https://registry.npmjs.org/@s/a/-/a-1.tgz"}}}`, "@s/a"},
		// Bundled packages come inside another archive, but for the root's own.
		{`{"packages":{"node_modules/a/node_modules/b":{"version":"1","inBundle":true}}}`, "b(bundle)"},
		{`{"packages":{"node_modules/b":{"version":"1","inBundle":true}}}`, "b"},
		{`{"packages":{"node_modules/a/node_modules/b":{"inBundle":true,"resolved":"https://registry.npmjs.org/b/-/b-1.tgz"}}}`, "b"},
		{`{"packages":{"node_modules/a/node_modules/b":{"version":"1","inBundle":false}}}`, "b"},
		{`{"dependencies":{"a":{"version":"1","dependencies":{"b":{"version":"1","bundled":true}}}}}`, "a b(bundle)"},
		{`{"dependencies":{"b":{"version":"1","bundled":true}}}`, "b"},
		// Version 1 aliases and sources.
		{`{"dependencies":{"x":{"version":"npm:@s/a@1"},"l":{"version":"file:../l"},"g":{"version":"github:a/b#c"},"t":{"version":"https://h.example/t.tgz"}}}`, "@s/a l(path) g(git) t(url)"},
		// Version 2 says it twice; an older npm installs what only the second half names.
		{`{"packages":{"node_modules/a":{"version":"1"}},"dependencies":{"a":{"version":"1"},"hidden":{"version":"1"}}}`, "a hidden"},
		{`{"dependencies":{"a":{"version":"1"},"hidden":{"version":"1"}},"packages":{"node_modules/a":{"version":"1"}}}`, "hidden a"},
		// Escapes in keys.
		{`{"packages":{"node_modules\/lod\u0061sh":{"version":"1"}}}`, "lodash"},
	} {
		file := &source.File{Path: "package-lock.json", Data: []byte(c.text)}
		refs, _ := File(file)
		extracttest.Check(t, file, refs)
		var got []string
		for _, r := range refs {
			s := r.Name
			if r.From != FromRegistry {
				s += "(" + r.From.String() + ")"
			}
			if r.Index != "" {
				s += "@" + r.Index
			}
			got = append(got, s)
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.text, g, c.want)
		}
	}
}

// TestNPMWrongTypes: a member of the wrong type is told, and the others are read.
func TestNPMWrongTypes(t *testing.T) {
	for text, told := range map[string]bool{
		`{"dependencies": ["a"], "devDependencies": {"k": "1"}}`:                              true,
		`{"dependencies": "a@1 b", "devDependencies": {"k": "1"}}`:                            true,
		`{"dependencies": {"a": ["1"], "k": "1"}}`:                                            true,
		`{"dependencies": {"a": 1, "k": "1"}}`:                                                true,
		`{"dependencies": {"k": "1", "a": null}}`:                                             true,
		`{"peerDependencies": {"a": {"version": "1"}}, "dependencies": {"k": "1"}}`:           true,
		`{"optionalDependencies": 1, "dependencies": {"k": "1"}}`:                             true,
		`{"overrides": ["a"], "dependencies": {"k": "1"}}`:                                    true,
		`{"overrides": {"a": {"b": 1}}, "dependencies": {"k": "1"}}`:                          true,
		`{"resolutions": "a", "dependencies": {"k": "1"}}`:                                    true,
		`{"resolutions": {"a": ["1"]}, "dependencies": {"k": "1"}}`:                           true,
		`{"scripts": ["npm i a"], "dependencies": {"k": "1"}}`:                                true,
		`{"scripts": {"a": ["npm i a"]}, "dependencies": {"k": "1"}}`:                         true,
		`{"dependencies": {"k": "1", "//": ["why"]}, "scripts": null, "devDependencies": []}`: false,
		`{"dependencies": {"k": "1"}, "peerDependencies": null, "resolutions": "", "x": []}`:  false,
		`{"dependencies": {"k": "1"}, "overrides": {"a": {"b": "2", "//": 1}, "c": "$k"}}`:    false,
		`{"dependencies": {"k": "1"}, "devDependencies": [ /* none */ ], "scripts": false}`:   false,
	} {
		refs, problems := File(&source.File{Path: "package.json", Data: []byte(text)})
		ok := false
		for _, r := range refs {
			ok = ok || r.Name == "k"
		}
		if is := len(problems) > 0 && problems[0].Why == source.Broken && problems[0].Dropped; is != told || !ok || is && problems[0].Span.Len() == 0 {
			t.Errorf("%s: %v %v", text, refs, problems)
		}
	}
}

// TestPackageJSONOtherNames: names outside of the tables of dependencies.
func TestPackageJSONOtherNames(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"imports":{"#a":"x","#b":{"node":"y/sub","default":["./b.js","@s/z/*"]},"#c":"./c.js","#d":null,"#e":"node:fs"}}`, "x import , y import , @s/z import "},
		{`{"imports":["x"],"exports":{"./a":"x"},"publishConfig":{"name":"x"}}`, "x import "},
		{`{"bundleDependencies":["a","b.c","@s/d","./x","*"],"dependencies":{"a":"1"}}`, "b.c manifest bundle, @s/d manifest bundle, a manifest "},
		{`{"bundledDependencies":["a"]}`, "a manifest bundle"},
		{`{"bundleDependencies":true}`, ""},
		{`{"peerDependenciesMeta":{"a":{"optional":true},"b":{}},"peerDependencies":{"b":"1"}}`, "a manifest peer optional, b manifest peer"},
		{`{"devEngines":{"packageManager":{"name":"pnpm","version":"9"},"runtime":{"name":"node"}}}`, "pnpm manifest build"},
		{`{"devEngines":{"packageManager":[{"name":"pnpm"},{"name":"yarn","onFail":"ignore"}]}}`, "pnpm manifest build, yarn manifest build"},
		{`{"pnpm":{"patchedDependencies":{"@s/a@1.0.0":"p.patch","b":"q.patch"}}}`, "@s/a manifest override, b manifest override"},
		{`{"pnpm":{"packageExtensions":{"a@1":{"dependencies":{"b":"1","c":"2"}},"d":{"peerDependencies":{"e":"*"}}}}}`, "a manifest override, b manifest override, c manifest override, d manifest override, e manifest override"},
		{`{"scripts":{"a":"npm i -g x; npm i y; yarn global add z; pnpm add --global v; npm i --location=global w"}}`, "x command global, y command , z command global, v command global, w command global"},
	} {
		file := &source.File{Path: "package.json", Data: []byte(c.text)}
		refs, _ := File(file)
		extracttest.Check(t, file, refs)
		var got []string
		for _, r := range refs {
			s := r.Name + " " + r.Kind.String() + " " + r.Scope
			if r.Flags.Has(Optional) {
				s += " optional"
			}
			got = append(got, s)
		}
		if g := strings.Join(got, ", "); g != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.text, g, c.want)
		}
	}
}
