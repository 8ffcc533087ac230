package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/ecosystem/all"
	"figment/internal/cache"
	"figment/names"
	"figment/osv"
	"figment/registry"
	"figment/registry/settings"
	"figment/scanner"
	"figment/scanner/extract"
	"figment/scanner/policy"
	"figment/scanner/project"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// A Request is what a front end wants of a session.
type Request struct {
	Command string   // whose options count: "scan", "list", "check", "explain", "fix" or "baseline"
	Flags   Flags    // nil: none
	Paths   []string // what is read; "-" is standard input, none the working directory

	// FilesOnly reads the paths whatever --staged and --diff say: for what edits
	// or shows the files on disk.
	FilesOnly bool
}

// A Session is a request with its options, its configuration, the settings of
// the registries and, once it is connected, the clients that ask them. It serves
// one scan, list or check.
type Session struct {
	*Call
	Values *Values
	Config policy.Config // both files merged; with --policy-from as far as the commit has it

	request       Request
	project, user *policy.Document // the configuration files; nil: none
	configFile    string           // the project's, as it is in the work tree; empty: none
	configDir     string           // of the project's configuration that counts; empty: none
	trees         []string         // the scanned work trees: nothing in them is the user's own
	base          *base            // what the project's exceptions are compared with; nil: nothing

	src      source.Source // once opened
	baseline *policy.Baseline
	git      bool      // what git says was changed is read
	piped    int       // bytes of standard input, without blanks around them
	began    time.Time // from when the deadline counts; zero: from when it is asked for

	adapters []adapter.Adapter // of every ecosystem
	formats  extract.Table
	settings *settings.Settings
	client   registry.Client
	store    cache.Store
	packs    *names.Installed
	osv      osv.Source
	osvAsk   func(ecosystem.Package) string
	local    *osv.Local
	deepRun  *scanner.Deep // the run of figment-osv; nil: not wanted
}

// start is the path from which the configuration is looked for. What git is
// asked for names files, which say nothing of where the configuration is.
func (r *Request) start() string {
	if !r.FilesOnly && (r.Flags.Given("staged") || r.Flags.Given("diff")) {
		return ""
	}
	return r.firstPath()
}

// firstPath is the first path; empty if none is named.
func (r *Request) firstPath() string {
	if len(r.Paths) > 0 {
		return r.Paths[0]
	}
	return ""
}

// stdin reports whether standard input is read.
func (r *Request) stdin() bool { return len(r.Paths) == 1 && r.Paths[0] == "-" }

// Open makes the session of a request: it resolves the options, reads the
// configuration and the settings of the package managers, and contacts no host.
// Errors carry their exit status. PATH of the process loses the directories that
// lie in the scanned tree: git is started by its name. Close ends the session.
func (c *Call) Open(ctx context.Context, r Request) (*Session, error) {
	s := &Session{Call: c, request: r, adapters: all.Adapters()}
	s.formats = adapter.Formats(s.adapters)
	start := r.start()
	s.trees = c.workTrees(s.adapters, r.Command, start, r.Paths)
	// Programs such as git are not looked for in the scanned tree, where npm puts
	// its node_modules/.bin first.
	if list := os.Getenv("PATH"); list != settings.SafePath(list, s.trees...) {
		if err := os.Setenv("PATH", settings.SafePath(list, s.trees...)); err != nil {
			return nil, Failure("PATH cannot be set: "+Cause(err), "")
		}
	}
	var err error
	if s.project, s.user, s.configFile, err = c.loadConfig(start, s.configFlag(), s.trees); err != nil {
		return nil, err
	}
	if s.configFile != "" {
		s.configDir = filepath.Dir(s.configFile)
	}
	if s.Values, err = ResolveValues(r.Flags, r.Command, c.Env, s.project, s.user); err != nil {
		return nil, err
	}
	s.Config = MergeConfig(s.project, s.user)
	if word := s.Values.Text("policy-from"); word != "" && word != fromWorktree {
		b, err := c.openBase(ctx, start, word)
		if err != nil {
			return nil, err
		}
		if err := s.restrict(b); err != nil {
			return nil, err
		}
	}
	if err := s.checkValues(); err != nil {
		return nil, err
	}
	s.Config.Select, s.Config.Ignore = s.Values.List("select"), s.Values.List("ignore")
	s.Config.MinConfidence = confidence(s.Values.Text("min-confidence"))
	if err := s.loadSettings(); err != nil {
		return nil, err
	}
	return s, nil
}

// Reopen makes a session of the same request anew: configuration and files may
// have changed.
func (s *Session) Reopen(ctx context.Context) (*Session, error) {
	return s.Call.Open(ctx, s.request)
}

// ReadFilesOnly makes the request one that has FilesOnly, before anything is
// read.
func (s *Session) ReadFilesOnly() { s.request.FilesOnly = true }

// configFlag is the configuration file that the call names; empty: none is
// named.
func (s *Session) configFlag() string {
	if file, ok := s.request.Flags.Value("config"); ok {
		return file
	}
	return s.Env("FIGMENT_CONFIG")
}

// checkValues finds values that stand for nothing.
func (s *Session) checkValues() error {
	for _, name := range []string{"select", "ignore"} {
		for _, glob := range s.Values.List(name) {
			if err := CheckRule("--"+name, glob); err != nil {
				return err
			}
		}
	}
	if err := s.checkClaims(); err != nil {
		return err
	}
	for _, e := range s.Values.List("ecosystem") {
		if _, ok := ecosystem.Lookup(e); !ok {
			return Usage(fmt.Sprintf("--ecosystem: %q is not an ecosystem figment knows", e), "known: "+Ecosystems())
		}
	}
	return nil
}

// loadSettings reads the user's settings of the package managers.
func (s *Session) loadSettings() (err error) {
	env := settings.OSEnv()
	env.Trees = s.trees
	if s.settings, err = settings.Load(env, adapter.Readers(s.adapters)); err != nil {
		var bad *settings.Error
		if errors.As(err, &bad) {
			return Usage(bad.Error(), bad.Hint)
		}
		return Usage(err.Error(), "")
	}
	for _, text := range s.settings.Notices() {
		s.Say("warning: %s", text)
	}
	s.settings.Allow(s.Values.List("allow-registry"))
	if err := s.settings.MarkPrivate(s.Config.UserPrivate); err != nil {
		return Usage(err.Error(), "figment help config")
	}
	return nil
}

// Close ends the session. It may be called more than once.
func (s *Session) Close() {
	if c, ok := s.src.(*source.Changes); ok {
		c.Close() // it was only read from
	}
	if s.base != nil {
		s.base.rev.Close()
	}
	if s.local != nil {
		s.local.Close() // read only
		s.local = nil
	}
	if s.store != nil {
		s.store.Close() // keeps no answer that matters; nothing to report
		s.store = nil
	}
}

// workTrees are the roots of what a command scans: of the repository that holds
// a path, else the path itself. A tree that holds the home of the user's account
// is the user's own.
func (c *Call) workTrees(adapters []adapter.Adapter, command, start string, args []string) []string {
	paths := []string{start}
	if command == "check" || command == "explain" {
		args = nil
	}
	for _, arg := range args {
		if _, err := os.Lstat(c.Abs(arg)); err == nil && arg != start {
			paths = append(paths, arg)
		}
	}
	var trees []string
	for _, p := range paths {
		dir := c.startDir(p)
		root := RepositoryRoot(dir)
		if _, err := os.Lstat(filepath.Join(root, ".git")); err != nil && (p == "-" || command == "check" || command == "explain") {
			continue // no files are read
		} else if err != nil {
			root = above(adapters)(dir)
		}
		if u, err := user.LookupId(strconv.Itoa(os.Getuid())); err == nil && u.HomeDir != "" {
			if rel, err := filepath.Rel(root, u.HomeDir); err == nil && filepath.IsLocal(rel) {
				continue
			}
		}
		if !slices.Contains(trees, root) {
			trees = append(trees, root)
		}
	}
	return trees
}

// above gives the directory whose tree says what the names in a directory mean.
func above(adapters []adapter.Adapter) func(dir string) string {
	rules := adapter.Projects(adapters)
	rec := Recognition()
	return func(dir string) string {
		return rec.Above(dir, func(file string, data []byte, member string) bool {
			return project.InWorkspace(rules, file, data, member)
		})
	}
}

// Ecosystems are the words of the ecosystems, for messages.
func Ecosystems() string { return strings.Join(ecosystemWords(), ", ") }

func ecosystemWords() []string {
	var out []string
	for _, e := range ecosystem.All() {
		out = append(out, string(e))
	}
	return out
}

// CheckRule says, under the name of the option that gave it, that a word is
// neither a rule nor a pattern of rules.
func CheckRule(name, glob string) error {
	if knownRule(glob) {
		return nil
	}
	return Usage(fmt.Sprintf("%s: there is no rule %q", name, glob), RuleHint(glob))
}

func knownRule(glob string) bool {
	if strings.ContainsAny(glob, "*?[") {
		_, err := filepath.Match(glob, "")
		return err == nil
	}
	return verdict.FindRule(glob) != nil
}

// RuleHint says which rule a word may have meant.
func RuleHint(word string) string {
	var ids []string
	for i := range verdict.Rules {
		ids = append(ids, verdict.Rules[i].ID)
	}
	if near := policy.Nearest(word, ids); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "figment explain lists the rules"
}

func confidence(word string) verdict.Confidence {
	for c := verdict.Low; c <= verdict.Certain; c++ {
		if c.String() == word {
			return c
		}
	}
	return verdict.Low
}
