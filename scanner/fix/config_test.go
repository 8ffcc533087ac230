package fix

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/all"
	"figment/scanner/policy"
)

var keys = []policy.Key{{Name: "fail-on"}}

func TestAllow(t *testing.T) {
	day := time.Date(2027, 2, 20, 0, 0, 0, 0, time.UTC)
	entry := policy.Entry{Ecosystem: ecosystem.NPM, Package: "@acme/ui-tokens", Reason: `our "own" package`, Expires: day}
	block := "[[allow]]\npackage = \"npm:@acme/ui-tokens\"\nreason = \"our \\\"own\\\" package\"\nexpires = 2027-02-20\n"
	for _, c := range []struct{ name, before, want string }{
		{"no file", "", block},
		{"comments stay", "# ours\nfail-on = \"error\" # yes\n\n[rules]\n", "# ours\nfail-on = \"error\" # yes\n\n[rules]\n\n" + block},
		{"no final line end", "fail-on = \"error\"", "fail-on = \"error\"\n\n" + block},
		{"CRLF and BOM", "\ufefffail-on = \"error\"\r\n", "\ufefffail-on = \"error\"\r\n\r\n" + strings.ReplaceAll(block, "\n", "\r\n")},
		{"after others", "[[allow]]\npackage = \"npm:a\"\nreason = \"x\"\n", "[[allow]]\npackage = \"npm:a\"\nreason = \"x\"\n\n" + block},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := Config{Root: t.TempDir(), Keys: keys}
			if c.name != "no file" {
				cfg.Data = []byte(c.before)
			}
			e, err := Allow(cfg, entry)
			if err != nil {
				t.Fatal(err)
			}
			if string(e.After) != c.want {
				t.Errorf("%q, want %q", e.After, c.want)
			}
		})
	}
}

func TestConfigRefusals(t *testing.T) {
	good := policy.Entry{Ecosystem: ecosystem.NPM, Package: "a", Rules: []string{"typosquat"}, Reason: "x"}
	with := func(change func(*policy.Entry)) policy.Entry { e := good; change(&e); return e }
	for _, c := range []struct {
		name   string
		data   string
		edit   func(Config, policy.Entry) (Edit, error)
		entry  policy.Entry
		refuse bool
	}{
		{"ignore", "", Ignore, good, false},
		{"allow with rules", "", Allow, good, false},
		{"no reason", "", Allow, with(func(e *policy.Entry) { e.Reason = " \n" }), true},
		{"endless reason", "", Allow, with(func(e *policy.Entry) { e.Reason = strings.Repeat("x", 501) }), true},
		{"no package", "", Allow, with(func(e *policy.Entry) { e.Package = "" }), true},
		{"every package", "", Allow, with(func(e *policy.Entry) { e.Package = "*" }), true},
		{"ignore without rules", "", Ignore, with(func(e *policy.Entry) { e.Rules = nil }), true},
		{"unknown rule", "", Ignore, with(func(e *policy.Entry) { e.Rules = []string{"nope"} }), true},
		{"allow of malware", "", Allow, with(func(e *policy.Entry) { e.Rules = []string{"malicious-package"} }), true},
		{"ignore of malware without advisory", "", Ignore, with(func(e *policy.Entry) { e.Rules = []string{"malicious-package"} }), true},
		{"ignore of malware", "", Ignore, with(func(e *policy.Entry) { e.Rules, e.Advisory = []string{"malicious-package"}, "MAL-2026-1" }), false},
		{"no TOML", "fail-on = \n", Allow, good, true},
		{"not UTF-8", "", Allow, with(func(e *policy.Entry) { e.Reason = "x\xff" }), true},
		{"an array in line takes no table", "allow = [{package = \"npm:b\", reason = \"x\"}]\n", Allow, good, true},
		{"ends in a text of several lines", "[[allow]]\npackage = \"npm:b\"\nreason = '''\nx'''", Allow, good, false},
	} {
		e, err := c.edit(Config{Root: "/x", Data: []byte(c.data), Keys: keys}, c.entry)
		if (err != nil) != c.refuse {
			t.Errorf("%s: %v\n%s", c.name, err, e.After)
		}
	}
}

func TestReadConfig(t *testing.T) {
	dir := t.TempDir()
	c, err := ReadConfig(dir, "", keys)
	if err != nil || c.Data != nil {
		t.Fatalf("%v, %q", err, c.Data)
	}
	e, err := Allow(c, policy.Entry{Ecosystem: ecosystem.PyPI, Package: "x", Reason: "ours"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(all.Formats().Recognition(), e); err != nil {
		t.Fatal(err)
	}
	if c, err = ReadConfig(dir, "", keys); err != nil || !bytes.Equal(c.Data, e.After) {
		t.Errorf("%v, %q", err, c.Data)
	}
	if err := os.Symlink(ConfigName, filepath.Join(dir, "link.toml")); err == nil {
		if _, err := ReadConfig(dir, "link.toml", keys); err == nil {
			t.Error("a link was followed")
		}
	}
}

// TestRenew: what is accepted already gets a new reason and date, and nothing
// else of the file changes.
func TestRenew(t *testing.T) {
	const around = "fail-on = \"error\" # ours\n\n[[allow]] # the first\npackage = \"npm:a\"\n# why:\nreason = \"old\"\n%s\n[[allow]]\nreason = \"b\"\npackage = \"npm:b\"\n"
	day := time.Date(2999, 2, 20, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		before  string
		pkg     string
		expires time.Time
		want    string // of the whole; empty: refused
	}{
		{fmt.Sprintf(around, ""), "a", time.Time{}, strings.Replace(fmt.Sprintf(around, ""), `"old"`, `"new"`, 1)},
		{fmt.Sprintf(around, "expires = 2998-01-01\n"), "a", time.Time{}, strings.Replace(fmt.Sprintf(around, ""), `"old"`, `"new"`, 1)},
		{fmt.Sprintf(around, "expires = 2998-01-01\n"), "a", day, strings.Replace(fmt.Sprintf(around, "expires = 2999-02-20\n"), `"old"`, `"new"`, 1)},
		{fmt.Sprintf(around, ""), "b", time.Time{}, strings.Replace(fmt.Sprintf(around, ""), `"b"`, `"new"`, 1)},
		{"[[allow]]\r\npackage = \"npm:a\"\r\nreason = \"old\"\r\n", "a", time.Time{}, "[[allow]]\r\npackage = \"npm:a\"\r\nreason = \"new\"\r\n"},
		{"[[allow]]\npackage = \"npm:a\"\nreason = '''\nold\n'''\n", "a", time.Time{}, ""},
		{"allow = [{package = \"npm:a\", reason = \"old\"}]\n", "a", time.Time{}, ""},
		{"[[allow]]\npackage = \"npm:a\"\n\"reason\" = \"old\"\n", "a", time.Time{}, ""},
	} {
		e, err := Allow(Config{Root: "/x", Data: []byte(c.before), Keys: keys}, policy.Entry{Ecosystem: ecosystem.NPM, Package: c.pkg, Reason: "new", Expires: c.expires})
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%q became %q", c.before, e.After)
		case c.want == "":
		case err != nil:
			t.Errorf("%q: %v", c.before, err)
		case string(e.After) != c.want:
			t.Errorf("%q, want %q", e.After, c.want)
		}
	}
}

// FuzzConfig: whatever the file and the entry, the result parses, holds the old
// text as it was and says one thing more, or says of one entry why and how long.
func FuzzConfig(f *testing.F) {
	f.Add([]byte("fail-on = \"error\"\n"), "npm:a", "because \"x\"", "docs/**", "typosquat")
	f.Add([]byte("[[allow]]\npackage=\"x\"\nreason=\"y\""), "a", "\n]]", "", "name-trap")
	f.Add([]byte("[[ignore]]\r\nrules=[\"typosquat\"]\r\npaths=[\"x\"]\r\nreason='''\r\n"), "pypi:a\"b", "\u202e\x00", "\\", "*")
	f.Add([]byte("x = '''"), "a", "b", "c", "typosquat")
	f.Fuzz(func(t *testing.T, data []byte, pkg, reason, path, rule string) {
		before, err := policy.Parse(ConfigName, data, policy.Repository, keys)
		if err != nil {
			before = nil
		}
		e := policy.Entry{Package: pkg, Reason: reason, Rules: []string{rule}}
		if path != "" {
			e.Paths = []string{path}
		}
		for _, edit := range []func(Config, policy.Entry) (Edit, error){Allow, Ignore} {
			out, err := edit(Config{Root: "/x", Data: data, Keys: keys}, e)
			if err != nil {
				continue
			}
			if before == nil {
				t.Fatal("a file that does not parse was edited")
			}
			after, err := policy.Parse(ConfigName, out.After, policy.Repository, keys)
			if err != nil {
				t.Fatal(err)
			}
			more := len(after.Entries) - len(before.Entries)
			if more == 1 && !bytes.HasPrefix(out.After, data) {
				t.Fatal("the old text changed")
			}
			for i := range before.Entries {
				if more == 0 && accepts(&before.Entries[i]) != accepts(&after.Entries[i]) {
					t.Fatalf("another thing is accepted: %q", out.After)
				}
			}
			if more != 0 && more != 1 || !reflect.DeepEqual(after.Levels, before.Levels) ||
				!reflect.DeepEqual(after.Exclude, before.Exclude) || !reflect.DeepEqual(after.RepoPrivate, before.RepoPrivate) ||
				more == 1 && !reflect.DeepEqual(after.Settings, before.Settings) || len(after.Settings) != len(before.Settings) {
				t.Fatalf("more changed than one entry: %q", out.After)
			}
		}
	})
}
