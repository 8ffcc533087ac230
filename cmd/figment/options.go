package main

import (
	"slices"
	"strings"

	"figment/report"
	"figment/scanner/policy"
	"figment/scanner/verdict"
)

// A kind says how an option's value is written.
type kind uint8

const (
	text kind = iota
	toggle
	list // repeatable, and separated by commas unless Raw
	choice
	duration
	size
	number
)

// An option is one row of the table that makes the flag, the FIGMENT_ variable,
// the configuration key, the completion and the page docs/configuration.md.
type option struct {
	Name     string
	Short    string
	Kind     kind
	Default  string
	Values   []string // what may be chosen; completion offers them
	Commands string   // names of the commands that take it, separated by blanks; "*": all
	Group    string
	Doc      string // one line
	Arg      string // how help names the value

	Bare     string           // the value of the flag when it is given without one
	Raw      bool             // list: commas belong to the value
	Config   bool             // may stand in configuration files
	UserOnly bool             // … but only in the user's own
	Strict   func(string) int // how strict a value is; a repository value more permissive than the default wants a reason, and one more permissive than the user's gives way
	NoEnv    bool             // has no variable: it belongs to one call
}

func severityStrictness(v string) int {
	sev, _ := verdict.ParseSeverity(v)
	if sev == verdict.NoSeverity {
		return 0
	}
	return int(verdict.Error-sev) + 1 // note is the strictest threshold
}

func position(words ...string) func(string) int {
	return func(v string) int {
		for i, w := range words {
			if w == v {
				return i
			}
		}
		return 0
	}
}

// options is the table. Groups come in the order in which help shows them.
var options = []option{
	{Name: "format", Short: "f", Kind: choice, Default: "text", Values: report.Names(), Commands: "scan", Group: "output", Arg: "FORMAT",
		Doc: "how to write the result: text, concise, json, jsonl, sarif, github (workflow commands), gitlab (code quality), junit, markdown or osv-scanner"},
	{Name: "format", Short: "f", Kind: choice, Default: "text", Values: []string{"text", "json", "jsonl"}, Commands: "list", Group: "output", Arg: "FORMAT",
		Doc: "how to write the result: text, json or jsonl"},
	{Name: "format", Short: "f", Kind: choice, Default: "text", Values: []string{"text", "json"}, Commands: "check explain index version", Group: "output", Arg: "FORMAT",
		Doc: "how to write the result: text or json"},
	{Name: "format", Short: "f", Kind: choice, Values: []string{"text", "concise", "json", "sarif"}, Commands: "demo", Group: "output", Arg: "FORMAT", NoEnv: true,
		Doc: "write the demonstration as a report instead of showing it: text, concise, json or sarif"},
	{Name: "output", Short: "o", Kind: list, Raw: true, Commands: "scan", Group: "output", Arg: "[FORMAT=]FILE", NoEnv: true,
		Doc: "write to a file instead of standard output; repeat it for several formats of one scan; - is standard output"},
	{Name: "color", Kind: choice, Default: "auto", Values: []string{"auto", "always", "never"}, Commands: "*", Group: "output", Arg: "WHEN",
		Doc: "colour: auto, always or never"},
	{Name: "ui", Kind: toggle, Commands: "scan", Group: "output", NoEnv: true, Doc: "show the scan on the terminal, as figment without a command does"},
	{Name: "accessible", Kind: toggle, Commands: "scan demo", Group: "output", Doc: "instead of a screen: numbered lines and a prompt, without any drawing"},
	{Name: "quiet", Short: "q", Kind: toggle, Commands: "scan check", Group: "output", Doc: "print findings only"},
	{Name: "verbose", Short: "v", Kind: toggle, Commands: "scan list check", Group: "output", Doc: "say more: every place, every unverified name"},
	{Name: "show-suppressed", Kind: toggle, Commands: "scan", Group: "output", Doc: "list the findings that the configuration accepts"},
	{Name: "sarif-category", Kind: text, Commands: "scan", Group: "output", Arg: "NAME", Config: true, Doc: "category of the SARIF run"},
	{Name: "sarif-include-suppressed", Kind: toggle, Commands: "scan", Group: "output", Doc: "write accepted findings to SARIF, marked as suppressed"},
	{Name: "sarif-time", Kind: toggle, Commands: "scan", Group: "output", Doc: "write times to SARIF; two runs then differ"},
	{Name: "markdown-comment", Kind: toggle, Commands: "scan", Group: "output", Doc: "keep Markdown within the length of a comment on GitHub (65,536 characters) instead of a job summary's (1 MiB)"},

	{Name: "fail-on", Kind: choice, Default: "error", Values: []string{"error", "warning", "note", "never"}, Commands: "scan check", Group: "policy", Arg: "SEVERITY",
		Config: true, Strict: severityStrictness, Doc: "least severity that makes the exit status 1: error, warning, note or never"},
	{Name: "on-unverified", Kind: choice, Default: "warn", Values: []string{"warn", "fail", "ignore"}, Commands: "scan check", Group: "policy", Arg: "WHAT",
		Config: true, Strict: position("ignore", "warn", "fail"), Doc: "names that could not be checked: warn, fail (exit status 3) or ignore"},
	{Name: "exit-zero", Kind: toggle, Commands: "scan check", Group: "policy", Doc: "end with 0 whatever was found"},
	{Name: "select", Kind: list, Commands: "scan check", Group: "policy", Arg: "RULE,…", NoEnv: true, Doc: "report only these rules; globs are allowed"},
	{Name: "ignore", Kind: list, Commands: "scan check", Group: "policy", Arg: "RULE,…", NoEnv: true, Doc: "do not report these rules; globs are allowed"},
	{Name: "min-confidence", Kind: choice, Default: "low", Values: []string{"low", "medium", "high", "certain"}, Commands: "scan check", Group: "policy", Arg: "LEVEL",
		Config: true, Strict: position("certain", "high", "medium", "low"), Doc: "report findings of at least this confidence"},
	{Name: "baseline", Kind: text, Commands: "scan fix baseline", Group: "policy", Arg: "FILE", Doc: "accepted old findings; default: the nearest .figment-baseline.json"},
	{Name: "no-baseline", Kind: toggle, Commands: "scan fix", Group: "policy", Doc: "report old findings too"},
	{Name: "policy-from", Kind: text, Default: fromWorktree, Commands: "scan", Group: "policy", Arg: "REVISION",
		Doc: "where the repository's exceptions are taken from (allow, ignore, exclude, lowered levels, baseline, comments): worktree, head, upstream (@{upstream}, else origin/HEAD, else HEAD), or a commit; what makes it stricter always counts"},
	{Name: "overwrite", Kind: toggle, Commands: "baseline", Group: "policy", NoEnv: true, Doc: "baseline create: where there is a baseline, accept what is new as well"},
	{Name: "accept-claims", Kind: list, Commands: "scan", Group: "policy", Arg: "NAME,…", Config: true,
		Doc: "names, or patterns of names, that a change may itself call private or take from elsewhere; with --staged, --diff or --policy-from a repository's file counts as it was before the change"},
	{Name: "include-malicious", Kind: toggle, Commands: "baseline", Group: "policy", NoEnv: true, Doc: "baseline create: accept malicious packages as well"},
	{Name: "apply", Kind: toggle, Commands: "fix", Group: "policy", NoEnv: true, Doc: "write the edits instead of only showing them"},
	{Name: "unsafe-fixes", Kind: toggle, Commands: "fix", Group: "policy", NoEnv: true, Doc: "also fix by likeness, in imports and in commands: look at the diff"},
	{Name: "rule", Kind: list, Commands: "fix allow", Group: "policy", Arg: "RULE,…", NoEnv: true, Doc: "fix: fix findings of these rules only; allow: accept only these rules"},
	{Name: "reason", Kind: text, Commands: "allow", Group: "policy", Arg: "TEXT", NoEnv: true, Doc: "why the name is right; required"},
	{Name: "expires", Kind: text, Commands: "allow", Group: "policy", Arg: "DATE", NoEnv: true, Doc: "last day on which the entry counts, 2027-02-20"},
	{Name: "path", Kind: list, Commands: "allow", Group: "policy", Arg: "GLOB,…", NoEnv: true, Doc: "accept at these paths only"},
	{Name: "advisory", Kind: text, Commands: "allow", Group: "policy", Arg: "ID", NoEnv: true, Doc: "the advisory that is accepted, for --rule malicious-package"},
	{Name: "require-input", Kind: toggle, Commands: "scan", Group: "policy", Config: true, Doc: "nothing to read is wrong usage (exit status 2)"},

	{Name: "staged", Kind: toggle, Commands: "scan list", Group: "input", NoEnv: true, Doc: "judge the names that the next commit adds, as they are staged in git; paths limit it to those files; the deadline is then 5s"},
	{Name: "diff", Kind: text, Commands: "scan list", Group: "input", Arg: "RANGE", NoEnv: true, Doc: "judge the names that a change adds: A..B, A...B (since B left A), or A (since HEAD left A, uncommitted files included)"},
	{Name: "all-names", Kind: toggle, Commands: "scan list", Group: "input", NoEnv: true, Doc: "with --staged or --diff: judge all names of the changed files"},
	{Name: "stdin-filename", Kind: text, Commands: "scan list", Group: "input", Arg: "NAME", NoEnv: true, Doc: "what the text on standard input would be called"},
	{Name: "lang", Kind: text, Commands: "scan list", Group: "input", Arg: "LANG", NoEnv: true, Doc: "language of the text on standard input: python, javascript, typescript, go, shell, markdown, …"},
	{Name: "ecosystem", Kind: list, Values: []string{"npm", "pypi", "golang", "cargo", "gem", "maven", "nuget", "composer", "pub", "hex", "jsr", "conda"}, Commands: "scan list check explain", Group: "input", Arg: "ECO,…",
		Doc: "look at these ecosystems only; for check and explain: what a name without prefix belongs to"},
	{Name: "exclude", Kind: list, Commands: "scan list", Group: "input", Arg: "GLOB,…", NoEnv: true, Doc: "paths that are not read"},
	{Name: "no-gitignore", Kind: toggle, Commands: "scan list", Group: "input", Config: true, Doc: "read files that git ignores"},
	{Name: "no-source", Kind: toggle, Commands: "scan list", Group: "input", Doc: "read manifests and lock files only"},
	{Name: "max-file-size", Kind: size, Default: "4MiB", Commands: "scan list", Group: "input", Arg: "SIZE", Doc: "larger source files and manifests are a problem and are not read"},

	{Name: "deep", Kind: toggle, Commands: "scan", Group: "network", Doc: "also match every lock file that osv-scanner reads against OSV, with the second program figment-osv"},
	{Name: "offline", Kind: toggle, Commands: "scan check explain", Group: "network", Config: true, UserOnly: true, Doc: "do not contact any host: answer from the cache and the embedded index"},
	{Name: "refresh", Kind: toggle, Commands: "scan check explain", Group: "network", Doc: "ask again what the cache already knows"},
	{Name: "no-cache", Kind: toggle, Commands: "scan check explain", Group: "network", Doc: "neither read nor write the cache on disk"},
	{Name: "timeout", Kind: duration, Default: "10s", Commands: "scan check explain", Group: "network", Arg: "DURATION", Config: true, UserOnly: true, Doc: "for one request; a registry that is slow is given up to four times as much"},
	{Name: "deadline", Kind: duration, Default: "2m", Commands: "scan check explain", Group: "network", Arg: "DURATION", Config: true, UserOnly: true, Doc: "for the whole run; what was not asked by then is unverified"},
	{Name: "concurrency", Kind: number, Default: "0", Commands: "scan check explain", Group: "network", Arg: "N", Config: true, UserOnly: true, Doc: "requests at once to one host; 0: what the host permits"},
	{Name: "show-queries", Kind: toggle, Commands: "scan check explain", Group: "network", Doc: "say on standard error what was asked of whom"},
	{Name: "allow-registry", Kind: list, Commands: "scan list check", Group: "network", Arg: "HOST,…", Config: true, UserOnly: true, Doc: "ask this registry although only the scanned project names it"},
	{Name: "private-from", Kind: choice, Default: "all", Values: []string{"all", "user"}, Commands: "scan list", Group: "network", Arg: "WHOM", Config: true, UserOnly: true, Doc: "whose word makes a name private: all, or user to disregard the scanned project's"},
	{Name: "from", Kind: text, Commands: "index", Group: "network", Arg: "URL|DIR", NoEnv: true, Doc: "where index update finds index.json and the packs"},
	{Name: "key", Kind: text, Commands: "index", Group: "network", Arg: "FILE", NoEnv: true, Doc: "public key (Ed25519, PEM) that must have signed index.json; it is kept, and later updates want its signature too"},
	{Name: "unsigned", Kind: toggle, Commands: "index", Group: "network", NoEnv: true, Doc: "take packs without a signature"},

	{Name: "pre-commit", Kind: toggle, Commands: "init", Group: "init", NoEnv: true, Doc: "add figment's hook to .pre-commit-config.yaml"},
	{Name: "action", Kind: text, Bare: ownAction, Commands: "init", Group: "init", Arg: "OWNER/REPOSITORY@COMMIT", NoEnv: true, Doc: "add a workflow that runs figment's action; without a value that of this figment's own repository"},
	{Name: "agents", Kind: toggle, Commands: "init", Group: "init", NoEnv: true, Doc: "add five lines for coding assistants to AGENTS.md"},
	{Name: "print", Kind: toggle, Commands: "init", Group: "init", NoEnv: true, Doc: "show what would be written, and write nothing"},

	{Name: "config", Kind: text, Commands: "scan list check explain", Group: "global", Arg: "FILE|none", Doc: "configuration file of the project; none: read no file at all"},
	{Name: "chdir", Short: "C", Kind: text, Commands: "*", Group: "global", Arg: "DIR", NoEnv: true, Doc: "work as if started in DIR"},
}

// groups are the headings of help, in order.
var groups = []struct{ Name, Title string }{
	{"output", "Output"}, {"policy", "Policy"}, {"input", "Input"}, {"network", "Network"}, {"init", "What to write"}, {"global", "General"},
}

// scanning are the commands that scan as figment scan does: they take its
// options of some groups, with exceptions.
var scanning = []struct{ name, groups, but string }{
	{"fix", "policy input network global", "stdin-filename lang require-input"},
	{"baseline", "input network global", "stdin-filename lang ecosystem no-source"},
}

// takers are the commands that take o; none if all do.
func (o *option) takers() []string {
	if o.Commands == "*" {
		return nil
	}
	out := strings.Fields(o.Commands)
	if slices.Contains(out, "scan") && o.Group != "output" {
		for _, c := range scanning {
			if slices.Contains(strings.Fields(c.groups), o.Group) && !slices.Contains(strings.Fields(c.but), o.Name) && !slices.Contains(out, c.name) {
				out = append(out, c.name)
			}
		}
	}
	return out
}

// of reports whether the command called name takes o.
func (o *option) of(name string) bool {
	return o.Commands == "*" || slices.Contains(o.takers(), name)
}

// argument is how the value of the flag is written behind its name.
func (o *option) argument() string {
	switch {
	case o.Arg == "":
		return ""
	case o.Bare != "":
		return "[=" + o.Arg + "]"
	}
	return " " + o.Arg
}

// variable is the option's environment variable; empty if it has none.
func (o *option) variable() string {
	if o.NoEnv {
		return ""
	}
	return "FIGMENT_" + strings.ToUpper(strings.ReplaceAll(o.Name, "-", "_"))
}

// keys are the options that may stand in a configuration file.
func keys() []policy.Key {
	var out []policy.Key
	for i := range options {
		o := &options[i]
		if !o.Config {
			continue
		}
		k := policy.Key{Name: o.Name, UserOnly: o.UserOnly, Values: o.Values}
		if o.Strict != nil {
			k.Loosens = func(v string) bool { return o.Strict(v) < o.Strict(o.Default) }
		}
		out = append(out, k)
	}
	return out
}

// variables are read as well, without being options.
var variables = []struct{ Name, Doc string }{
	{"FIGMENT_REGISTRY_<ECOSYSTEM>", "registry to ask: NPM a root, PYPI a simple index, GOLANG a GOPROXY list; wins over the settings of npm, pip and go"},
	{"FIGMENT_REGISTRY_KIND", "official: the registries above are full replicas of the public ones"},
	{"FIGMENT_OSV_URL", "OSV service to ask for advisories; default: the public one"},
	{"FIGMENT_OSV_DATA_URL", "where figment osv update gets OSV's published data"},
	{"FIGMENT_NPM_DOWNLOADS_URL", "npm's download statistics, asked about suspects only; without it they are asked only beside the public npm registry"},
	{"OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY", "where osv-scanner keeps its archives, which serve where there is no local copy of OSV"},
	{"FIGMENT_CACHE_DIR", "where answers are kept; default: figment below the user's cache directory"},
	{"FIGMENT_NO_COLOR, NO_COLOR", "no colour, when not empty"},
	{"FORCE_COLOR, CLICOLOR_FORCE", "colour even where the output is no terminal"},
	{"ACCESSIBLE", "as FIGMENT_ACCESSIBLE: lines and a prompt instead of a screen, when not empty"},
	{"FIGMENT_ASCII", "1: the screen is drawn with ASCII only; so it is where the locale is not UTF-8"},
	{"TERM, CI", "no screen opens where TERM is empty or dumb, or CI is set"},
	{"VISUAL, EDITOR, BROWSER", "what the screen opens files and registry pages with"},
	{"HTTPS_PROXY, NO_PROXY", "proxies, as Go programs read them"},
}
