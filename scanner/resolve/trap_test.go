package resolve

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/scanner/extract"
	"figment/scanner/project"
	"figment/scanner/source"
)

// resolved resolves files under options of its own.
func resolved(t *testing.T, o Options, files ...string) []Subject {
	t.Helper()
	data := map[string][]byte{}
	var refs []extract.Reference
	for i := 0; i < len(files); i += 2 {
		data[files[i]] = []byte(files[i+1])
		found := all.Formats().Read(&source.File{Path: files[i], Data: []byte(files[i+1])}).References
		refs = append(refs, found...)
	}
	p, _ := project.Load(source.Memory(data), extract.References{refs}, project.Options{Rules: adapter.Projects(all.Adapters())})
	return Resolve(p, extract.References{refs}, o)
}

func named(subjects []Subject, name string) *Subject {
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
			s := named(resolved(t, Options{}, files...), c.subject)
			if s == nil {
				t.Fatal("no such subject")
			}
			if got := describe(s.Trap); got != c.want {
				t.Errorf("%q, want %q: %+v", got, c.want, s.Trap)
			}
		})
	}
}

func describe(t *Trap) string {
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
		how                    How
	}{
		{"a twin does not provide it", "jwt\n", "jwt", "pyjwt", Mapped},
		{"another project does not", "skimage\n", "skimage", "scikit-image", Mapped},
		{"an unknown project of the same module that nobody uses does not", "daemon\n", "daemon", "python-daemon", Mapped},
		{"an alias does", "bs4\n", "bs4", "bs4", Declared},
		{"a popular provider does", "multipart\n", "multipart", "multipart", Declared},
		{"the intended one does", "pyjwt\n", "jwt", "pyjwt", Declared},
		{"both: the intended one", "jwt\npyjwt\n", "jwt", "pyjwt", Declared},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, s := range resolved(t, Options{}, "requirements.txt", c.requires, "a.py", "import "+c.module+"\n") {
				for _, u := range s.Uses {
					if u.Kind != extract.Import {
						continue
					}
					if s.Name != c.want || u.How != c.how || u.Undeclared != (c.how != Declared) {
						t.Errorf("%s by %s, undeclared %v", s.Name, u.How, u.Undeclared)
					}
					// The namesake is never offered for the intended one.
					if c.how == Mapped && slices.ContainsFunc(s.Candidates, func(x Candidate) bool { return x.Name+"\n" == c.requires && x.How != Mapped }) {
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
		o              Options
		requires, code string
		want           string
		how            How
		undeclared     bool
		trap           string
	}{
		{"the user's map", Options{Imports: map[string]string{"odd": "Odd_Dist"}}, "flask\n", "import odd.sub", "odd-dist", Config, false, ""},
		{"before what is declared", Options{Imports: map[string]string{"yaml": "my-yaml"}}, "pyyaml\n", "import yaml", "my-yaml", Config, false, ""},
		{"by the longest prefix", Options{Imports: map[string]string{"odd": "one", "odd.bit": "two"}}, "flask\n", "import odd.bit.c", "two", Config, false, ""},
		{"of another module", Options{Imports: map[string]string{"odd": "odd-dist"}}, "flask\n", "import oddly", "oddly", Identity, true, ""},
		{"installed", Options{Installed: map[string][]string{"odd": {"Odd.Dist"}}}, "flask\n", "import odd.sub", "odd-dist", Installed, true, ""},
		{"installed and declared", Options{Installed: map[string][]string{"odd": {"odd-dist"}}}, "odd-dist\n", "import odd", "odd-dist", Declared, false, ""},
		{"installed before the map", Options{Installed: map[string][]string{"yaml": {"yaml-fork"}}}, "flask\n", "import yaml", "yaml-fork", Installed, true, ""},
		{"declared before installed", Options{Installed: map[string][]string{"yaml": {"yaml-fork"}}}, "pyyaml\n", "import yaml", "pyyaml", Declared, false, ""},
		{"installed stubs are not it", Options{Installed: map[string][]string{"yaml": {"types-pyyaml"}}}, "flask\n", "import yaml", "pyyaml", Mapped, true, ""},
		{"an installed twin", Options{Installed: map[string][]string{"jwt": {"jwt"}}}, "flask\n", "import jwt", "jwt", Installed, true, "warn twin of pyjwt reviewed imported"},
		{"an installed twin beside the intended one", Options{Installed: map[string][]string{"jwt": {"jwt", "pyjwt"}}}, "flask\n", "import jwt", "pyjwt", Installed, true, ""},
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

// TestTrapTable: every row can be read and says something.
func TestTrapTable(t *testing.T) {
	kinds := map[TrapKind]int{}
	for _, line := range strings.Split(strings.TrimSuffix(pythonTraps, "\n"), "\n") {
		row, ok := parseTrap(line)
		if !ok || row.module == "" || row.intended == "" || row.project == "" || row.intended == row.project || row.intendedRank == 0 {
			t.Errorf("%q", line)
			continue
		}
		if cols := strings.Split(line, "\t"); cols[6] != row.kind.String() {
			t.Errorf("kind %q", cols[6])
		}
		if row.reviewed && row.kind == TrapUnknown {
			t.Errorf("%s is reviewed and unknown", row.module)
		}
		kinds[row.kind]++
		if !slices.Contains(trapsOf()[row.project], row) {
			t.Errorf("%s is not found by its project", row.module)
		}
	}
	if kinds[TrapAlias] < 10 || kinds[TrapOther] < 4 || kinds[TrapTwin] < 10 {
		t.Errorf("%v", kinds)
	}
	if got := trapsOf()["no-such-project"]; got != nil {
		t.Error(got)
	}
	// A distribution that is only ever intended is no trap.
	if got := trapsOf()["python-dotenv"]; got != nil {
		t.Error(got)
	}
}
