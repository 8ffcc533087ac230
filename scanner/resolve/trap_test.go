package resolve_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/resolve"
	"figment/scanner/source"
)

// resolved resolves files under options of its own.
func resolved(t *testing.T, o resolve.Options, files ...string) []resolve.Subject {
	t.Helper()
	data := map[string][]byte{}
	var refs []extract.Reference
	for i := 0; i < len(files); i += 2 {
		data[files[i]] = []byte(files[i+1])
		found := all.Formats().Read(&source.File{Path: files[i], Data: []byte(files[i+1])}).References
		refs = append(refs, found...)
	}
	p, _ := project.Load(source.Memory(all.Formats().Recognition(), data), extract.References{refs}, project.Options{Rules: adapter.Projects(all.Adapters())})
	o.Rules = adapter.Resolvers(all.Adapters())
	return resolve.Resolve(p, extract.References{refs}, o)
}

func named(subjects []resolve.Subject, name string) *resolve.Subject {
	for i := range subjects {
		if subjects[i].Name == name {
			return &subjects[i]
		}
	}
	return nil
}

// TestTrap: each row of the table of kinds with a case that fires and a near
// miss. "" is no trap at all.
func TestTrap(t *testing.T) {
	for _, c := range []struct {
		name, requires, code, subject string
		want                          string
	}{
		{"other, imported", "dotenv\n", "from dotenv import load_dotenv\n", "dotenv", "warn other of python-dotenv imported"},
		{"other, reviewed, not imported", "skimage\n", "import flask\n", "skimage", "warn other of scikit-image reviewed"},
		{"other, not reviewed, not imported", "dotenv\n", "import flask\n", "dotenv", ""},
		{"other, the intended one is declared too", "dotenv\npython-dotenv\n", "import dotenv\n", "dotenv", ""},
		{"other, another provider is declared", "dotenv\ndjango-dotenv\n", "import dotenv\n", "dotenv", ""},
		{"other, only stubs of the intended one", "dotenv\ntypes-python-dotenv\n", "import dotenv\n", "dotenv", "warn other of python-dotenv imported"},
		{"other, by a name in another case", "crypto\n", "from Crypto.Cipher import AES\n", "crypto", "warn other of pycryptodome reviewed imported"},
		{"the intended one", "python-dotenv\n", "import dotenv\n", "python-dotenv", ""},

		{"twin, imported", "jwt\n", "import jwt\n", "jwt", "warn twin of pyjwt reviewed imported"},
		{"twin, not imported", "serial\n", "import flask\n", "serial", "warn twin of pyserial reviewed"},
		{"twin, the intended one is declared too", "fitz\npymupdf\n", "import fitz\n", "fitz", "note twin of pymupdf reviewed"},
		{"twin, by command", "", "# nothing\n", "jose", "warn twin of python-jose reviewed"},

		{"alias, imported", "bs4\n", "from bs4 import BeautifulSoup\n", "bs4", "note alias of beautifulsoup4 reviewed"},
		{"alias, not imported", "discord\n", "import flask\n", "discord", ""},
		{"alias, the intended one is declared too", "ansible\nansible-core\n", "import ansible\n", "ansible", ""},

		{"unknown, imported", "cosmos\n", "import cosmos\n", "cosmos", "warn unknown of astronomer-cosmos imported"},
		{"unknown, not imported, a popular target", "cosmos\n", "import flask\n", "cosmos", "note unknown of astronomer-cosmos"},
		{"unknown, not imported, no popular target", "url\n", "import flask\n", "url", ""},
		{"unknown, popular and a provider, imported", "crontab\n", "import crontab\n", "crontab", "note unknown of python-crontab imported"},
		{"unknown, popular, not imported", "crontab\n", "import flask\n", "crontab", ""},
		{"unknown, popular, no provider, imported", "socks\n", "import socks\n", "socks", "warn unknown of pysocks imported"},

		{"the map was mended", "psycopg2\n", "import psycopg2\n", "psycopg2", ""},
		{"no trap", "flask\n", "import flask\n", "flask", ""},
		{"the module is the project's own", "jwt\n", "import jwt\n", "jwt", "warn twin of pyjwt reviewed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := []string{"requirements.txt", c.requires, "a.py", c.code}
			if c.requires == "" {
				files = append(files, "README.md", "```sh\npip install "+c.subject+"\n```\n")
			}
			if strings.HasPrefix(c.name, "the module is") {
				files = append(files, "jwt.py", "x = 1\n")
			}
			s := named(resolved(t, resolve.Options{}, files...), c.subject)
			if s == nil {
				t.Fatal("no such subject")
			}
			if got := describe(s.Trap); got != c.want {
				t.Errorf("%q, want %q: %+v", got, c.want, s.Trap)
			}
		})
	}
}

func describe(t *resolve.Trap) string {
	if t == nil {
		return ""
	}
	level := "note"
	if t.Warn {
		level = "warn"
	}
	s := fmt.Sprintf("%s %s of %s", level, t.Kind, t.Intended)
	if t.Reviewed {
		s += " reviewed"
	}
	if t.Imported {
		s += " imported"
	}
	return s
}

// TestTrapResolves: what a declared namesake makes of the import.
func TestTrapResolves(t *testing.T) {
	for _, c := range []struct {
		name, requires, module string
		want                   string
		how                    resolve.How
	}{
		{"a twin does not provide it", "jwt\n", "jwt", "pyjwt", resolve.Mapped},
		{"another project does not", "skimage\n", "skimage", "scikit-image", resolve.Mapped},
		{"an unknown project of the same module that nobody uses does not", "daemon\n", "daemon", "python-daemon", resolve.Mapped},
		{"an alias does", "bs4\n", "bs4", "bs4", resolve.Declared},
		{"a popular provider does", "multipart\n", "multipart", "multipart", resolve.Declared},
		{"the intended one does", "pyjwt\n", "jwt", "pyjwt", resolve.Declared},
		{"both: the intended one", "jwt\npyjwt\n", "jwt", "pyjwt", resolve.Declared},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, s := range resolved(t, resolve.Options{}, "requirements.txt", c.requires, "a.py", "import "+c.module+"\n") {
				for _, u := range s.Uses {
					if u.Kind != extract.Import {
						continue
					}
					if s.Name != c.want || u.How != c.how || u.Undeclared != (c.how != resolve.Declared) {
						t.Errorf("%s by %s, undeclared %v", s.Name, u.How, u.Undeclared)
					}
					// The namesake is never offered for the intended one.
					if c.how == resolve.Mapped && slices.ContainsFunc(s.Candidates, func(x resolve.Candidate) bool { return x.Name+"\n" == c.requires && x.How != resolve.Mapped }) {
						t.Errorf("%v", s.Candidates)
					}
				}
			}
		})
	}
}

// TestOptions: the user's map and the installed environment, and what does not
// count as either.
func TestOptions(t *testing.T) {
	for _, c := range []struct {
		name           string
		o              resolve.Options
		requires, code string
		want           string
		how            resolve.How
		undeclared     bool
		trap           string
	}{
		{"the user's map", resolve.Options{Imports: map[string]string{"odd": "Odd_Dist"}}, "flask\n", "import odd.sub", "odd-dist", resolve.Config, false, ""},
		{"before what is declared", resolve.Options{Imports: map[string]string{"yaml": "my-yaml"}}, "pyyaml\n", "import yaml", "my-yaml", resolve.Config, false, ""},
		{"by the longest prefix", resolve.Options{Imports: map[string]string{"odd": "one", "odd.bit": "two"}}, "flask\n", "import odd.bit.c", "two", resolve.Config, false, ""},
		{"of another module", resolve.Options{Imports: map[string]string{"odd": "odd-dist"}}, "flask\n", "import oddly", "oddly", resolve.Identity, true, ""},
		{"installed", resolve.Options{Installed: map[string][]string{"odd": {"Odd.Dist"}}}, "flask\n", "import odd.sub", "odd-dist", resolve.Installed, true, ""},
		{"installed and declared", resolve.Options{Installed: map[string][]string{"odd": {"odd-dist"}}}, "odd-dist\n", "import odd", "odd-dist", resolve.Declared, false, ""},
		{"installed before the map", resolve.Options{Installed: map[string][]string{"yaml": {"yaml-fork"}}}, "flask\n", "import yaml", "yaml-fork", resolve.Installed, true, ""},
		{"declared before installed", resolve.Options{Installed: map[string][]string{"yaml": {"yaml-fork"}}}, "pyyaml\n", "import yaml", "pyyaml", resolve.Declared, false, ""},
		{"installed stubs are not it", resolve.Options{Installed: map[string][]string{"yaml": {"types-pyyaml"}}}, "flask\n", "import yaml", "pyyaml", resolve.Mapped, true, ""},
		{"an installed twin", resolve.Options{Installed: map[string][]string{"jwt": {"jwt"}}}, "flask\n", "import jwt", "jwt", resolve.Installed, true, "warn twin of pyjwt reviewed imported"},
		{"an installed twin beside the intended one", resolve.Options{Installed: map[string][]string{"jwt": {"jwt", "pyjwt"}}}, "flask\n", "import jwt", "pyjwt", resolve.Installed, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := named(resolved(t, c.o, "requirements.txt", c.requires, "a.py", c.code+"\n"), c.want)
			if s == nil {
				t.Fatal("no such subject")
			}
			u := importUse(t, s)
			if u.How != c.how || u.Undeclared != c.undeclared || s.Candidates[0].Name != c.want || describe(s.Trap) != c.trap {
				t.Errorf("how %s, undeclared %v, candidates %v, trap %q", u.How, u.Undeclared, s.Candidates, describe(s.Trap))
			}
		})
	}
}
