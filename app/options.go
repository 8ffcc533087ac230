package app

import (
	"strings"

	"figment/registry/settings"
	"figment/report"
	"figment/scanner/verdict"
)

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

// OwnAction is the value of --action without one: the action of this program's
// own repository.
const OwnAction = "own"

// options is the table. Groups come in the order in which help shows them.
var options = []Option{
	{Name: "format", Short: "f", Kind: Choice, Default: "text", Values: report.Names(), Commands: "scan", Group: "output", Arg: "FORMAT",
		Doc: "how to write the result: text, concise, json, jsonl, sarif, github (workflow commands), gitlab (code quality), junit, markdown or osv-scanner"},
	{Name: "format", Short: "f", Kind: Choice, Default: "text", Values: []string{"text", "json", "jsonl"}, Commands: "list", Group: "output", Arg: "FORMAT",
		Doc: "how to write the result: text, json or jsonl"},
	{Name: "format", Short: "f", Kind: Choice, Default: "text", Values: []string{"text", "json"}, Commands: "check explain index version", Group: "output", Arg: "FORMAT",
		Doc: "how to write the result: text or json"},
	{Name: "format", Short: "f", Kind: Choice, Values: []string{"text", "concise", "json", "sarif"}, Commands: "demo", Group: "output", Arg: "FORMAT", NoEnv: true,
		Doc: "write the demonstration as a report instead of showing it: text, concise, json or sarif"},
	{Name: "output", Short: "o", Kind: List, Raw: true, Commands: "scan", Group: "output", Arg: "[FORMAT=]FILE", NoEnv: true,
		Doc: "write to a file instead of standard output; repeat it for several formats of one scan; - is standard output"},
	{Name: "color", Kind: Choice, Default: "auto", Values: []string{"auto", "always", "never"}, Commands: "*", Group: "output", Arg: "WHEN",
		Doc: "colour: auto, always or never"},
	{Name: "ui", Kind: Toggle, Commands: "scan", Group: "output", NoEnv: true, Doc: "show the scan on the terminal, as figment without a command does"},
	{Name: "accessible", Kind: Toggle, Commands: "scan demo", Group: "output", Doc: "instead of a screen: numbered lines and a prompt, without any drawing"},
	{Name: "quiet", Short: "q", Kind: Toggle, Commands: "scan check", Group: "output", Doc: "print findings only"},
	{Name: "verbose", Short: "v", Kind: Toggle, Commands: "scan list check", Group: "output", Doc: "say more: every place, every unverified name"},
	{Name: "show-suppressed", Kind: Toggle, Commands: "scan", Group: "output", Doc: "list the findings that the configuration accepts"},
	{Name: "sarif-category", Kind: Text, Commands: "scan", Group: "output", Arg: "NAME", Config: true, Doc: "category of the SARIF run"},
	{Name: "sarif-include-suppressed", Kind: Toggle, Commands: "scan", Group: "output", Doc: "write accepted findings to SARIF, marked as suppressed"},
	{Name: "sarif-time", Kind: Toggle, Commands: "scan", Group: "output", Doc: "write times to SARIF; two runs then differ"},
	{Name: "markdown-comment", Kind: Toggle, Commands: "scan", Group: "output", Doc: "keep Markdown within the length of a comment on GitHub (65,536 characters) instead of a job summary's (1 MiB)"},

	{Name: "fail-on", Kind: Choice, Default: "error", Values: []string{"error", "warning", "note", "never"}, Commands: "scan check", Group: "policy", Arg: "SEVERITY",
		Config: true, Strict: severityStrictness, Doc: "least severity that makes the exit status 1: error, warning, note or never"},
	{Name: "on-unverified", Kind: Choice, Default: "warn", Values: []string{"warn", "fail", "ignore"}, Commands: "scan check", Group: "policy", Arg: "WHAT",
		Config: true, Strict: position("ignore", "warn", "fail"), Doc: "names that could not be checked: warn, fail (exit status 3) or ignore"},
	{Name: "exit-zero", Kind: Toggle, Commands: "scan check", Group: "policy", Doc: "end with 0 whatever was found"},
	{Name: "select", Kind: List, Commands: "scan check", Group: "policy", Arg: "RULE,…", NoEnv: true, Doc: "report only these rules; globs are allowed"},
	{Name: "ignore", Kind: List, Commands: "scan check", Group: "policy", Arg: "RULE,…", NoEnv: true, Doc: "do not report these rules; globs are allowed"},
	{Name: "min-confidence", Kind: Choice, Default: "low", Values: []string{"low", "medium", "high", "certain"}, Commands: "scan check", Group: "policy", Arg: "LEVEL",
		Config: true, Strict: position("certain", "high", "medium", "low"), Doc: "report findings of at least this confidence"},
	{Name: "baseline", Kind: Text, Commands: "scan fix baseline", Group: "policy", Arg: "FILE", Doc: "accepted old findings; default: the nearest .figment-baseline.json"},
	{Name: "no-baseline", Kind: Toggle, Commands: "scan fix", Group: "policy", Doc: "report old findings too"},
	{Name: "policy-from", Kind: Text, Default: fromWorktree, Commands: "scan", Group: "policy", Arg: "REVISION",
		Doc: "where the repository's exceptions are taken from (allow, ignore, exclude, lowered levels, baseline, comments): worktree, head, upstream (@{upstream}, else origin/HEAD, else HEAD), or a commit; what makes it stricter always counts"},
	{Name: "overwrite", Kind: Toggle, Commands: "baseline", Group: "policy", NoEnv: true, Doc: "baseline create: where there is a baseline, accept what is new as well"},
	{Name: "accept-claims", Kind: List, Commands: "scan", Group: "policy", Arg: "NAME,…", Config: true,
		Doc: "names, or patterns of names, that a change may itself call private or take from elsewhere; with --staged, --diff or --policy-from a repository's file counts as it was before the change"},
	{Name: "include-malicious", Kind: Toggle, Commands: "baseline", Group: "policy", NoEnv: true, Doc: "baseline create: accept malicious packages as well"},
	{Name: "apply", Kind: Toggle, Commands: "fix", Group: "policy", NoEnv: true, Doc: "write the edits instead of only showing them"},
	{Name: "unsafe-fixes", Kind: Toggle, Commands: "fix", Group: "policy", NoEnv: true, Doc: "also fix by likeness, in imports and in commands: look at the diff"},
	{Name: "rule", Kind: List, Commands: "fix allow", Group: "policy", Arg: "RULE,…", NoEnv: true, Doc: "fix: fix findings of these rules only; allow: accept only these rules"},
	{Name: "reason", Kind: Text, Commands: "allow", Group: "policy", Arg: "TEXT", NoEnv: true, Doc: "why the name is right; required"},
	{Name: "expires", Kind: Text, Commands: "allow", Group: "policy", Arg: "DATE", NoEnv: true, Doc: "last day on which the entry counts, 2027-02-20"},
	{Name: "path", Kind: List, Commands: "allow", Group: "policy", Arg: "GLOB,…", NoEnv: true, Doc: "accept at these paths only"},
	{Name: "advisory", Kind: Text, Commands: "allow", Group: "policy", Arg: "ID", NoEnv: true, Doc: "the advisory that is accepted, for --rule malicious-package"},
	{Name: "require-input", Kind: Toggle, Commands: "scan", Group: "policy", Config: true, Doc: "nothing to read is wrong usage (exit status 2)"},

	{Name: "staged", Kind: Toggle, Commands: "scan list", Group: "input", NoEnv: true, Doc: "judge the names that the next commit adds, as they are staged in git; paths limit it to those files; the deadline is then 5s"},
	{Name: "diff", Kind: Text, Commands: "scan list", Group: "input", Arg: "RANGE", NoEnv: true, Doc: "judge the names that a change adds: A..B, A...B (since B left A), or A (since HEAD left A, uncommitted files included)"},
	{Name: "all-names", Kind: Toggle, Commands: "scan list", Group: "input", NoEnv: true, Doc: "with --staged or --diff: judge all names of the changed files"},
	{Name: "stdin-filename", Kind: Text, Commands: "scan list", Group: "input", Arg: "NAME", NoEnv: true, Doc: "what the text on standard input would be called"},
	{Name: "lang", Kind: Text, Words: func() []string { return Recognition().Labels() }, Commands: "scan list", Group: "input", Arg: "LANG", NoEnv: true, Doc: "language of the text on standard input: python, javascript, typescript, go, shell, markdown, …"},
	{Name: "ecosystem", Kind: List, Values: ecosystemWords(), Commands: "scan list check explain", Group: "input", Arg: "ECO,…",
		Doc: "look at these ecosystems only; for check and explain: what a name without prefix belongs to"},
	{Name: "exclude", Kind: List, Commands: "scan list", Group: "input", Arg: "GLOB,…", NoEnv: true, Doc: "paths that are not read"},
	{Name: "no-gitignore", Kind: Toggle, Commands: "scan list", Group: "input", Config: true, Doc: "read files that git ignores"},
	{Name: "no-source", Kind: Toggle, Commands: "scan list", Group: "input", Doc: "read manifests and lock files only"},
	{Name: "max-file-size", Kind: Size, Default: "4MiB", Commands: "scan list", Group: "input", Arg: "SIZE", Doc: "larger source files and manifests are a problem and are not read"},

	{Name: "deep", Kind: Toggle, Commands: "scan", Group: "network", Doc: "also match every lock file that osv-scanner reads against OSV, with the second program figment-osv"},
	{Name: "offline", Kind: Toggle, Commands: "scan check explain", Group: "network", Config: true, UserOnly: true, Doc: "do not contact any host: answer from the cache and the embedded index"},
	{Name: "refresh", Kind: Toggle, Commands: "scan check explain", Group: "network", Doc: "ask again what the cache already knows"},
	{Name: "no-cache", Kind: Toggle, Commands: "scan check explain", Group: "network", Doc: "neither read nor write the cache on disk"},
	{Name: "timeout", Kind: Duration, Default: "10s", Commands: "scan check explain", Group: "network", Arg: "DURATION", Config: true, UserOnly: true, Doc: "for one request; a registry that is slow is given up to four times as much"},
	{Name: "deadline", Kind: Duration, Default: "2m", Commands: "scan check explain", Group: "network", Arg: "DURATION", Config: true, UserOnly: true, Doc: "for the whole run; what was not asked by then is unverified"},
	{Name: "concurrency", Kind: Number, Default: "0", Commands: "scan check explain", Group: "network", Arg: "N", Config: true, UserOnly: true, Doc: "requests at once to one host; 0: what the host permits"},
	{Name: "show-queries", Kind: Toggle, Commands: "scan check explain", Group: "network", Doc: "say on standard error what was asked of whom"},
	{Name: "allow-registry", Kind: List, Commands: "scan list check", Group: "network", Arg: "HOST,…", Config: true, UserOnly: true, Doc: "ask this registry although only the scanned project names it"},
	{Name: "private-from", Kind: Choice, Default: "all", Values: []string{"all", "user"}, Commands: "scan list", Group: "network", Arg: "WHOM", Config: true, UserOnly: true, Doc: "whose word makes a name private: all, or user to disregard the scanned project's"},
	{Name: "from", Kind: Text, Commands: "index", Group: "network", Arg: "URL|DIR", NoEnv: true, Doc: "where index update finds index.json and the packs"},
	{Name: "key", Kind: Text, Commands: "index", Group: "network", Arg: "FILE", NoEnv: true, Doc: "public key (Ed25519, PEM) that must have signed index.json; it is kept, and later updates want its signature too"},
	{Name: "unsigned", Kind: Toggle, Commands: "index", Group: "network", NoEnv: true, Doc: "take packs without a signature"},

	{Name: "pre-commit", Kind: Toggle, Commands: "init", Group: "init", NoEnv: true, Doc: "add figment's hook to .pre-commit-config.yaml"},
	{Name: "action", Kind: Text, Bare: OwnAction, Commands: "init", Group: "init", Arg: "OWNER/REPOSITORY@COMMIT", NoEnv: true, Doc: "add a workflow that runs figment's action; without a value that of this figment's own repository"},
	{Name: "agents", Kind: Toggle, Commands: "init", Group: "init", NoEnv: true, Doc: "add five lines for coding assistants to AGENTS.md"},
	{Name: "print", Kind: Toggle, Commands: "init", Group: "init", NoEnv: true, Doc: "show what would be written, and write nothing"},

	{Name: "config", Kind: Text, Commands: "scan list check explain", Group: "global", Arg: "FILE|none", Doc: "configuration file of the project; none: read no file at all"},
	{Name: "chdir", Short: "C", Kind: Text, Commands: "*", Group: "global", Arg: "DIR", NoEnv: true, Doc: "work as if started in DIR"},
}

// groups are the headings of help, in order.
var groups = []Group{
	{"output", "Output"}, {"policy", "Policy"}, {"input", "Input"}, {"network", "Network"}, {"init", "What to write"}, {"global", "General"},
}

// variables are read as well, without being options. Those of registries are named
// by what reads their settings.
var variables = []Variable{
	{registryVariable, ""},
	{"FIGMENT_REGISTRY_KIND", "official: the registries above are full replicas of the public ones"},
	{"FIGMENT_OSV_URL", "OSV service to ask for advisories; default: the public one"},
	{"FIGMENT_OSV_DATA_URL", "where figment osv update gets OSV's published data"},
	{countsVariable, ""},
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

// The rows of variables that Variables fills in.
const (
	registryVariable = settings.VariablePrefix + "<ECOSYSTEM>"
	countsVariable   = "counts of downloads"
)

// ofRegistries are the variables of registries in place of a row.
func ofRegistries(row Variable, readers []*settings.Reader) []Variable {
	switch row.Name {
	case registryVariable:
		var values, tools []string
		for _, r := range readers {
			values = append(values, strings.TrimPrefix(r.Variable, settings.VariablePrefix)+" "+r.Value)
			tools = append(tools, r.Tool)
		}
		last := len(tools) - 1
		row.Doc = "registry to ask: " + strings.Join(values, ", ") + "; wins over the settings of " + strings.Join(tools[:last], ", ") + " and " + tools[last]
	case countsVariable:
		var out []Variable
		for _, r := range readers {
			if r.Downloads != nil {
				out = append(out, Variable{r.Downloads.Variable, r.Ecosystem.Title() + "'s download statistics, asked about suspects only; without it they are asked only beside " + r.Ecosystem.PublicRegistry()})
			}
		}
		return out
	}
	return []Variable{row}
}
