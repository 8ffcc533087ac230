package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// dialling is what opens connections or finds hosts, by package; "*" at the end
// stands for any ending. A package whose row is "*" is not imported at all.
var dialling = map[string][]string{
	"net":                   {"Dial*", "Lookup*", "Resolver", "DefaultResolver", "FileConn"},
	"net/http":              {"Client", "Transport", "DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm", "NewFileTransport*"},
	"crypto/tls":            {"Dial*", "Client"},
	"syscall":               {"Socket", "Connect", "Sendto"},
	"golang.org/x/sys/unix": {"Socket", "Connect", "Sendto"},
	"net/http/httputil":     {"*"},
	"net/rpc":               {"*"},
	"net/rpc/jsonrpc":       {"*"},
	"net/smtp":              {"*"},
	"net/textproto":         {"*"},
}

// listening is what waits for connections.
var listening = map[string][]string{
	"net":               {"Listen*", "FileListener", "FilePacketConn"},
	"net/http":          {"Server", "Serve", "ServeTLS", "ListenAndServe*"},
	"crypto/tls":        {"Listen", "NewListener", "Server"},
	"net/http/httptest": {"*"},
}

// mayDial and mayListen are the packages that may.
var (
	mayDial   = []string{"internal/web", "internal/cache"}
	mayListen = []string{"internal/play", "internal/play/osvplay", "cmd/figment-world"} // played registries and advisories, on loopback
)

// dialExceptions are names that may be used elsewhere all the same.
var dialExceptions = map[[2]string]string{
	{"cmd/figment-osv", "net/http.Client"}: "the type that osv-scanner takes; its transport is figment-osv's own, over that of internal/web",
}

// TestOneSender: nothing but internal/web opens connections, and only the worlds
// of tests and the demonstration listen.
func TestOneSender(t *testing.T) {
	used := map[[2]string]bool{}
	files := 0
	eachProgramFile(t, filepath.Join("..", ".."), parser.SkipObjectResolution, func(pkg, file string, f *ast.File) {
		files++
		for _, name := range uses(f, dialling) {
			key := [2]string{pkg, name}
			used[key] = true
			if !slices.Contains(mayDial, pkg) && dialExceptions[key] == "" {
				t.Errorf("%s uses %s: only %s open connections", file, name, strings.Join(mayDial, " and "))
			}
		}
		for _, name := range uses(f, listening) {
			if !slices.Contains(mayListen, pkg) {
				t.Errorf("%s uses %s: only %s listen", file, name, strings.Join(mayListen, ", "))
			}
		}
	})
	if files < 100 || !used[[2]string{"internal/web", "net/http.Transport"}] {
		t.Errorf("%d files, in which %v", files, used)
	}
	for key := range dialExceptions {
		if !used[key] {
			t.Errorf("%s uses no %s: its exception has no reason left", key[0], key[1])
		}
	}
}

// uses are the names of a table that a file uses, each once.
func uses(f *ast.File, table map[string][]string) (out []string) {
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	local := map[string]string{} // as the file calls it → path
	for _, i := range f.Imports {
		from := strings.Trim(i.Path.Value, `"`)
		names, ok := table[from]
		switch {
		case !ok || i.Name != nil && i.Name.Name == "_":
		case slices.Contains(names, "*") || i.Name != nil && i.Name.Name == ".":
			add(from)
		case i.Name != nil:
			local[i.Name.Name] = from
		default:
			local[path.Base(from)] = from
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := s.X.(*ast.Ident); ok {
			from := local[id.Name]
			if slices.ContainsFunc(table[from], func(pattern string) bool {
				prefix, any := strings.CutSuffix(pattern, "*")
				return s.Sel.Name == pattern || any && strings.HasPrefix(s.Sel.Name, prefix)
			}) {
				add(from + "." + s.Sel.Name)
			}
		}
		return true
	})
	return out
}

func TestUses(t *testing.T) {
	for text, want := range map[string]string{
		`import "net"; var c, _ = net.Dial("tcp", "x")`:                                        "net.Dial",
		`import n "net"; var d n.Dialer; var c = n.DialTimeout`:                                "net.Dialer net.DialTimeout",
		`import "net/http"; func f() { http.Get("x"); (&http.Client{}).Get("x") }`:             "net/http.Get net/http.Client",
		`import "net/http"; var t = new(http.Transport); var h http.Header`:                    "net/http.Transport",
		`import . "net"; var c = Dial`:                                                         "net",
		`import _ "net"; var net struct{ Dial int }; var x = net.Dial`:                         "",
		`import "net/smtp"; var x = smtp.SendMail`:                                             "net/smtp",
		`import "net/url"; import "net"; var u url.URL; var e net.Error`:                       "",
		`import "net/http"; var r *http.Request; var d struct{ Client int }; var x = d.Client`: "",
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x; "+text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(uses(f, dialling), " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
