package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"figment/ecosystem"
	"figment/internal/cache"
	"figment/internal/deep"
	"figment/names"
	"figment/osv"
	"figment/registry"
	"figment/registry/protocol"
	"figment/registry/settings"
	"figment/scanner"
	"figment/scanner/policy"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// A session is what scan, list, check and explain share: resolved options, the
// configuration, the settings of the registries and a client for them.
type session struct {
	*app
	values   *values
	config   policy.Config
	dir      string // of the project's configuration file; empty without one
	file     string // that file, as it is in the work tree
	base     *base  // what the project's exceptions are held against; nil: nothing
	settings *settings.Settings
	client   registry.Client
	store    cache.Store
	packs    *names.Installed
	osv      osv.Source
	osvAsk   func(ecosystem.Package) string
	local    *osv.Local
	baseline *policy.Baseline
	src      source.Source // once opened
	git      bool          // what git says was changed is read
	piped    int           // bytes of standard input, without blanks around them

	trees         []string         // the scanned work trees: nothing in them is the user's own
	project, user *policy.Document // the configuration files; nil: none
	configFlag    string           // the value of --config
	began         time.Time        // from when the deadline counts; zero: from when it is asked for
}

// open resolves the options of a command. start is its first path.
func (a *app) open(cmd *cobra.Command, command, start string) (*session, error) {
	if err := a.enter(cmd); err != nil {
		return nil, err
	}
	s := &session{app: a}
	flag := a.env("FIGMENT_CONFIG")
	if f := cmd.Flags().Lookup("config"); f != nil && f.Changed {
		flag = f.Value.String()
	}
	s.trees = a.workTrees(command, start, cmd.Flags().Args())
	// Programs such as git are not looked for in the scanned tree, where npm puts
	// its node_modules/.bin first.
	if list := os.Getenv("PATH"); list != settings.SafePath(list, s.trees...) {
		if err := os.Setenv("PATH", settings.SafePath(list, s.trees...)); err != nil {
			return nil, failure("PATH cannot be set: "+plainError(err), "")
		}
	}
	project, user, file, err := a.loadConfig(start, flag, s.trees)
	if err != nil {
		return nil, err
	}
	s.project, s.user, s.configFlag = project, user, flag
	if file != "" {
		s.file, s.dir = file, filepath.Dir(file)
	}
	if s.values, err = resolveValues(cmd, command, a.env, project, user); err != nil {
		return nil, err
	}
	s.config = merge(project, user)
	if word := s.values.text("policy-from"); word != "" && word != fromWorktree {
		b, err := a.openBase(cmd.Context(), start, word)
		if err != nil {
			return nil, err
		}
		if err := s.hold(cmd, b, start, flag, project, user); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"select", "ignore"} {
		for _, glob := range s.values.list(name) {
			if !knownRule(glob) {
				return nil, usage(fmt.Sprintf("--%s: there is no rule %q", name, glob), ruleHint(glob))
			}
		}
	}
	if err := s.checkClaims(); err != nil {
		return nil, err
	}
	s.config.Select, s.config.Ignore = s.values.list("select"), s.values.list("ignore")
	s.config.MinConfidence = confidence(s.values.text("min-confidence"))
	for _, e := range s.values.list("ecosystem") {
		if _, ok := ecosystem.Lookup(e); !ok {
			return nil, usage(fmt.Sprintf("--ecosystem: %q is not an ecosystem figment knows", e), "known: "+ecosystems())
		}
	}
	env := settings.OSEnv()
	env.Trees = s.trees
	if s.settings, err = settings.Load(env); err != nil {
		var bad *settings.Error
		if errors.As(err, &bad) {
			return nil, usage(bad.Error(), bad.Hint)
		}
		return nil, usage(err.Error(), "")
	}
	for _, text := range s.settings.Notices() {
		s.say("warning: %s", text)
	}
	s.settings.Allow(s.values.list("allow-registry"))
	if err := s.settings.MarkPrivate(s.config.UserPrivate); err != nil {
		return nil, usage(err.Error(), "figment help config")
	}
	return s, nil
}

// workTrees are the roots of what a command scans: of the repository that holds
// a path, else the path itself. A tree that holds the home of the user's account
// is the user's own.
func (a *app) workTrees(command, start string, args []string) []string {
	paths := []string{start}
	if command == "check" || command == "explain" {
		args = nil
	}
	for _, arg := range args {
		if _, err := os.Lstat(arg); err == nil && arg != start {
			paths = append(paths, arg)
		}
	}
	var trees []string
	for _, p := range paths {
		dir := a.startDir(p)
		root := repositoryRoot(dir)
		if _, err := os.Lstat(filepath.Join(root, ".git")); err != nil && (p == "-" || command == "check" || command == "explain") {
			continue // no files are read
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

func ecosystems() string {
	var out []string
	for _, e := range ecosystem.All() {
		out = append(out, string(e))
	}
	return strings.Join(out, ", ")
}

func knownRule(glob string) bool {
	if strings.ContainsAny(glob, "*?[") {
		_, err := filepath.Match(glob, "")
		return err == nil
	}
	return verdict.FindRule(glob) != nil
}

func ruleHint(word string) string {
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

// connect makes the clients. Nothing is asked yet.
func (s *session) connect() error {
	s.store = cache.Memory()
	dir, err := cache.Dir(s.env)
	if err == nil {
		if !s.values.on("no-cache") {
			s.store = cache.Files(dir, cache.FileOptions{})
		}
		s.packs = names.NewInstalled(names.PackDir(dir))
	} else if errors.Is(err, cache.ErrRelative) {
		s.say("warning: answers are not kept: %s", err.Error())
	}
	if err := s.connectOSV(dir); err != nil {
		return err
	}
	o := registry.Options{
		Cache:      s.store,
		Known:      known(s.packs),
		Timeout:    s.values.duration("timeout"),
		Refresh:    s.values.on("refresh"),
		MaxPerHost: s.values.number("concurrency"),
		UserAgent:  "figment/" + version,
		Notice:     func(text string) { s.say("warning: %s", text) },
	}
	if s.values.on("show-queries") {
		o.OnRequest = func(l protocol.Look) { s.say("asked %s: %s", l.URL, lookWord(l)) }
	}
	if s.values.on("offline") {
		s.client = registry.NewOffline(o)
		return nil
	}
	s.client = registry.NewLive(o)
	return nil
}

// connectOSV makes the source of advisories: the service, with the local index
// where the service does not answer; offline the index alone. dir is the cache
// folder, or empty.
func (s *session) connectOSV(dir string) error {
	if dir != "" {
		s.local = osv.NewLocal(osv.LocalOptions{Dir: osv.Dir(dir), Scanner: osv.ScannerDir(s.env), All: s.deep()})
	}
	if s.values.on("offline") {
		if s.local != nil {
			s.osv = s.local
		}
		return nil
	}
	o := osv.Options{
		URL: s.env("FIGMENT_OSV_URL"), All: s.deep(), Cache: s.store, Refresh: s.values.on("refresh"),
		Timeout: s.values.duration("timeout"), UserAgent: "figment/" + version,
	}
	if s.values.on("show-queries") {
		o.OnRequest = func(l osv.Look) {
			s.say("asked %s: %s", l.URL, lookWord(protocol.Look{URL: l.URL, Status: l.Status, Cached: l.Cached}))
		}
	}
	client, err := osv.New(o)
	if err != nil {
		return usage("FIGMENT_OSV_URL: "+err.Error(), "unset it to ask the public service")
	}
	s.osv, s.osvAsk = client, client.Plan
	if s.local != nil {
		s.osv = osv.Fallback(client, s.local)
	}
	return nil
}

// deep reports whether advisories other than malware are wanted.
func (s *session) deep() bool { return s.values.on("deep") }

// deepScan prepares the second program, if it is wanted: a run that asks for it
// and cannot have it is wrong usage, found out before anything is asked.
func (s *session) deepScan(args []string) (*scanner.Deep, error) {
	if !s.deep() {
		return nil, nil
	}
	self, _ := os.Executable() // empty: only PATH is searched
	exe, err := deep.Find(filepath.Dir(self), settings.SafePath(s.env("PATH"), s.trees...))
	if err != nil {
		var e *deep.Error
		if errors.As(err, &e) {
			return nil, usage("--deep: "+e.Text, e.Hint)
		}
		return nil, err
	}
	q := deep.Request{Build: version, Recursive: true, SkipDirs: []string{"node_modules"}, Mode: deep.Online, OSVURL: s.env("FIGMENT_OSV_URL"), NoGitignore: s.values.on("no-gitignore")}
	if s.values.on("offline") {
		q.Mode, q.LocalDB, q.OSVURL = deep.Offline, osv.ScannerDir(s.env), ""
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	for _, a := range args {
		if a == "-" {
			return nil, usage("--deep reads files, not standard input", "")
		}
		if !filepath.IsAbs(a) {
			a = filepath.Join(s.app.dir, a)
		}
		q.Paths = append(q.Paths, a)
	}
	return &scanner.Deep{Request: q, Run: func(ctx context.Context, q deep.Request) (deep.Answer, error) { return deep.Run(ctx, exe, q) }}, nil
}

func lookWord(l protocol.Look) string {
	switch {
	case l.Cached:
		return "from the cache"
	case l.Status == 0:
		return "no answer"
	}
	return fmt.Sprint(l.Status)
}

// known tells the client which names the embedded index or an installed pack
// has, and since when.
func known(packs *names.Installed) func(ecosystem.Package) (time.Time, bool) {
	return func(p ecosystem.Package) (time.Time, bool) {
		if idx, err := names.Open(p.Ecosystem); err == nil {
			if _, ok := idx.Rank(p.Name); ok {
				return idx.Date(), true
			}
		}
		answer, day := packs.Answer(p.Ecosystem, p.Name)
		return day, answer == names.Existed
	}
}

func (s *session) close() {
	if s.base != nil {
		s.base.rev.Close()
	}
	if s.local != nil {
		s.local.Close() // read only
	}
	if s.store != nil {
		s.store.Close() // keeps no answer that matters; nothing to report
	}
}

// deadline bounds the run.
func (s *session) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.began.IsZero() {
		s.began = time.Now()
	}
	return context.WithDeadline(ctx, s.began.Add(s.limit()))
}

// source opens what the arguments name.
func (s *session) source(args []string) (source.Source, error) {
	if len(args) == 1 && args[0] == "-" {
		data, err := io.ReadAll(io.LimitReader(s.in, source.MaxStdin+1))
		if err != nil {
			return nil, failure("standard input cannot be read: "+plainError(err), "")
		}
		var lang source.Lang
		if word := s.values.text("lang"); word != "" {
			var ok bool
			if lang, ok = source.ParseLang(word); !ok {
				return nil, usage(fmt.Sprintf("--lang: %q is not a language figment reads", word), "for example python, typescript, go, shell, markdown")
			}
		}
		s.piped = len(bytes.TrimSpace(data))
		if word := s.values.text("lang"); word == "" && s.values.text("stdin-filename") == "" && source.BareNames(data) {
			return nil, usage("this could be requirements or npm names: nothing in the text says which", "give --stdin-filename requirements.txt, or --lang, or figment check - with names such as npm:left-pad")
		}
		return source.Stdin(data, s.values.text("stdin-filename"), lang), nil
	}
	for _, a := range args {
		if a == "-" {
			return nil, usage("- stands for standard input and goes with no other path", "")
		}
	}
	for _, name := range []string{"stdin-filename", "lang"} {
		if s.values.text(name) != "" {
			return nil, usage("--"+name+" is for standard input", "give - as the path: figment scan --"+name+" … -")
		}
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	src, err := source.Paths(args, s.sourceOptions())
	if err != nil {
		return nil, s.sourceError(err)
	}
	return src, nil
}

// excludes are the globs of the configuration, which count from its own
// directory, and of the call, which count from the working directory.
func (s *session) excludes() []source.Exclude {
	var out []source.Exclude
	for _, g := range s.config.Exclude {
		dir := s.dir
		if dir == "" {
			dir = s.app.dir
		}
		out = append(out, source.Exclude{Dir: dir, Glob: g})
	}
	for _, g := range s.values.list("exclude") {
		out = append(out, source.Exclude{Dir: s.app.dir, Glob: g})
	}
	return out
}

func (s *session) sourceError(err error) error {
	var p *source.PathError
	if errors.As(err, &p) {
		return usage(fmt.Sprintf("%s: %s", p.Path, plainError(p.Err)), "name files or directories that exist, or - for standard input")
	}
	return failure(err.Error(), "")
}

// options are those of the pipeline.
func (s *session) options(src source.Source) scanner.Options {
	o := scanner.Options{
		Source: src, Settings: s.settings, Client: s.client, Config: s.config, Version: version,
		OSV: s.osv, OSVAsk: s.osvAsk, Packs: s.packs, Baseline: s.baseline,
		UserPrivacyOnly: s.values.text("private-from") == "user",
	}
	o.Base = s.against(src)
	if s.base != nil {
		root := rootOf(src, s.app.dir)
		o.Inlines = func(name string, text []byte, found []policy.Inline) []policy.Inline {
			return s.standing(root, name, text, found)
		}
	}
	for _, e := range s.values.list("ecosystem") {
		eco, _ := ecosystem.Lookup(e)
		o.Only = append(o.Only, eco)
	}
	return o
}

// status is the exit status of a run. A gate that is stopped is not passed,
// whatever the options say of names that could not be checked.
func (s *session) status(worst verdict.Severity, incomplete, stopped bool) error {
	if s.values.on("exit-zero") {
		return nil
	}
	threshold, _ := verdict.ParseSeverity(s.values.text("fail-on"))
	switch {
	case threshold != verdict.NoSeverity && worst >= threshold:
		return &exit{code: exitFindings}
	case stopped:
		return &exit{code: exitIncomplete}
	case incomplete && s.values.text("on-unverified") == "fail":
		return &exit{code: exitIncomplete}
	}
	return nil
}
