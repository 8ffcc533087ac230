package npm

import (
	"slices"
	"strings"

	"figment/ecosystem"
	"figment/ecosystem/npm/specifier"
	"figment/scanner/extract"
	"figment/scanner/extract/shell"
	"figment/scanner/text"
)

// commands are the tools of npm and JSR, and the programs that run JavaScript.
func commands() *shell.Tools {
	return &shell.Tools{
		Ecosystem: ecosystem.NPM,
		Commands: []shell.Command{
			{Programs: "npm", Subs: "install|install-test|update|link", Ecosystem: ecosystem.NPM, Values: npmValues, Words: npmWords, Read: readNpm, Switches: npmSwitches, Letters: npmLetters, Alias: npmCommand},
			{Programs: "npm", Subs: "exec", Ecosystem: ecosystem.NPM, Values: npmValues + " -p", Words: npmWords, Read: readNpx, Flags: extract.Runs, Switches: npmSwitches, Letters: npmLetters, Alias: npmCommand},
			{Programs: "npm", Subs: "init", Ecosystem: ecosystem.NPM, Values: npmValues, Words: npmWords, Read: readCreate, Flags: extract.Runs, Switches: npmSwitches, Letters: npmLetters, Alias: npmCommand},
			{Programs: "pnpm", Subs: "create|init", Ecosystem: ecosystem.NPM, Values: pnpmValues, Words: npmWords, Read: readCreate, Flags: extract.Runs, Letters: npmLetters},
			{Programs: "yarn yarnpkg bun", Subs: "create|init", Ecosystem: ecosystem.NPM, Values: yarnValues + bunValues, Read: unlessHead(readCreate), Flags: extract.Runs, Letters: npmLetters},
			{Programs: "npx nlx", Ecosystem: ecosystem.NPM, Values: npmValues + " -p", Read: readNpx, Flags: extract.Runs, Switches: npmSwitches, Letters: npmLetters},
			{Programs: "pnpx", Ecosystem: ecosystem.NPM, Values: pnpmValues + " --package -p", Read: readNpx, Flags: extract.Runs, Letters: npmLetters},
			{Programs: "bunx", Ecosystem: ecosystem.NPM, Values: bunValues + " --package -p", Read: readNpx, Flags: extract.Runs, Letters: npmLetters},
			{Programs: "pnpm", Subs: "dlx", Ecosystem: ecosystem.NPM, Values: pnpmValues + " --package -p", Read: readNpx, Flags: extract.Runs, Letters: npmLetters},
			{Programs: "yarn yarnpkg", Subs: "dlx", Ecosystem: ecosystem.NPM, Values: yarnValues + " --package -p", Read: readNpx, Flags: extract.Runs, Letters: npmLetters},
			{Programs: "bun", Subs: "x", Ecosystem: ecosystem.NPM, Values: bunValues + " --package -p", Read: readNpx, Flags: extract.Runs, Letters: npmLetters},
			{Programs: "pnpm", Subs: "add|i|install|up|update|upgrade", Ecosystem: ecosystem.NPM, Values: pnpmValues, Words: npmWords, Read: readNpm, Letters: npmLetters},
			{Programs: "yarn yarnpkg", Subs: "global add|global upgrade", Ecosystem: ecosystem.NPM, Values: yarnValues, Read: unlessHead(readNpmGlobal), Letters: npmLetters},
			{Programs: "yarn yarnpkg", Subs: "add|up|upgrade", Ecosystem: ecosystem.NPM, Values: yarnValues, Read: unlessHead(readNpm), Letters: npmLetters},
			{Programs: "bun", Subs: "add|i|install|a|update", Ecosystem: ecosystem.NPM, Values: bunValues, Read: unlessHead(readNpm), Letters: npmLetters},
			{Programs: "expo", Subs: "install", Ecosystem: ecosystem.NPM, Read: readNpm, Letters: npmLetters},
			{Programs: "ni", Ecosystem: ecosystem.NPM, Values: npmValues, Words: npmWords, Read: readNpm, Letters: npmLetters},
			{Programs: "deno", Subs: "add|install|run|x", Ecosystem: ecosystem.NPM, Values: "--root --name -n --config -c --import-map --lock", Read: readDeno, Letters: npmLetters},
			{Programs: "corepack", Subs: "prepare|use", Ecosystem: ecosystem.NPM, Read: readNpm, Letters: npmLetters},
			{Programs: "jsr", Subs: "add|i|install", Ecosystem: ecosystem.JSR, Read: readNpm},
		},
		Managers: "npm npx pnpm pnpx yarn bun bunx deno ni",
		Lines:    "npm npx pnpm pnpx yarn bun bunx deno ni nlx corepack node jsr",
		Signs:    []string{"npm", "npx", "pnpm", "pnpx", "yarn", "bun", "deno", "jsr", "corepack", "ni ", "nlx "},
		Verbs:    []string{"npx", "pnpx", "bunx", "nlx", " in ", " ins", "isn", "inni", " ini", "link", " ln ", " it ", " up ", " u ", "upgrade", "udpate", "prepare", " use ", "ni "},
		Runs:     []string{"node", "tsx", "ts-node", "deno", "bun", "npm_", "NPM_", "NODE_OPTIONS"},
		Variables: &shell.Variables{
			Option:  variableOption,
			Hears:   hears,
			Carried: "--registry --package --call --global --location",
			Asked:   []string{"npm --registry", "pnpm --registry", "yarn --registry", "bun --registry", "corepack --registry"}, // the file of another tool first
			Take:    takeOption,
			Before:  beforeOptions,
			Lines:   []string{"npm --call"},
			Names:   namesOf,
			Programs: map[string]func(*shell.Reader, shell.Word){
				"NODE_OPTIONS": nodeOptions,
				"BUN_OPTIONS":  func(c *shell.Reader, w shell.Word) { c.Preload("bun", shell.Fields(w)) },
			},
		},
		Loaders: []shell.Loader{
			{Programs: "node nodejs ts-node ts-node-dev tsx nodemon mocha nyc c8 electron", Options: "-r --require --import --loader --experimental-loader", Script: "node nodejs", Load: loadModule},
			{Programs: "bun", Options: "-r --preload --require --import", Load: loadModule},
		},
		Wrappers: []shell.Wrapper{
			{Programs: "corepack", Inner: byCorepack},
			{Programs: "yarn yarnpkg", Inner: inWorkspace},
		},
		Runtimes: []shell.Runtime{
			{Programs: "node nodejs", Lang: text.JavaScript, Values: nodeValues, Code: "-e --eval -p --print -pe", Subs: "inspect", Without: true},
			{Programs: "tsx ts-node ts-node-esm ts-node-dev tsnd vite-node esno esr jiti sucrase-node babel-node swc-node esmo", Lang: text.TypeScript,
				Values: nodeValues + " -P --project --tsconfig -I --ignore -O --compiler-options --dir --cwd --cwd-mode -c --config", Code: "-e --eval -p --print -pe", Subs: "watch", Without: true},
			{Programs: "nodemon electron pm2 forever", Lang: text.JavaScript, Values: nodeValues + " -w --watch -e --ext -x --exec -i --ignore -d --delay --config --name", Subs: "start", Without: true},
			{Programs: "deno", Lang: text.TypeScript, Values: "--config -c --import-map --lock --cert -L --log-level --location --seed --ext", Subs: "run serve test bench compile check cache", Without: true},
			{Programs: "bun", Lang: text.TypeScript, Values: bunValues + " -r --preload --require --import", Code: "-e --eval -p --print", Subs: "run", Without: true},
		},
	}
}

// byCorepack gives the command of a package manager that Corepack runs: "corepack
// pnpm@9 add x".
func byCorepack(ws []shell.Word) []shell.Word {
	if len(ws) < 2 {
		return nil
	}
	switch tool, _, _ := strings.Cut(ws[1].Text, "@"); tool {
	case "npm", "npx", "pnpm", "pnpx", "yarn", "yarnpkg":
		return append([]shell.Word{ws[1].Sub(0, len(tool))}, ws[2:]...)
	}
	return nil
}

// inWorkspace gives the command that Yarn runs in other workspaces: "yarn
// workspace W add x", "yarn workspaces foreach -A add x".
func inWorkspace(ws []shell.Word) []shell.Word {
	rest := shell.SkipFlags(ws[1:], "--cwd")
	switch {
	case len(rest) > 2 && rest[0].Text == "workspace":
		rest = rest[2:]
	case len(rest) > 2 && rest[0].Text == "workspaces" && rest[1].Text == "foreach":
		rest = shell.SkipFlags(rest[2:], "-j --jobs --include --exclude --from")
	default:
		return nil
	}
	return append([]shell.Word{ws[0]}, rest...)
}

// nodeOptions reads NODE_OPTIONS, which holds options of node.
func nodeOptions(c *shell.Reader, w shell.Word) { c.Preload("node", shell.Fields(w)) }

// variableOption gives the tool and the option that a variable stands for.
//
// Documentation: https://docs.npmjs.com/cli/v11/using-npm/config#environment-variables
func variableOption(name string) (tool, option string) {
	switch name {
	case "YARN_NPM_REGISTRY_SERVER", "YARN_REGISTRY", "yarn_registry":
		return "yarn", "--registry"
	case "BUN_CONFIG_REGISTRY":
		return "bun", "--registry"
	case "COREPACK_NPM_REGISTRY":
		return "corepack", "--registry"
	}
	for _, p := range []struct{ prefix, tool string }{{"npm_config_", "npm"}, {"pnpm_config_", "pnpm"}} {
		if len(name) > len(p.prefix) && strings.EqualFold(name[:len(p.prefix)], p.prefix) {
			return p.tool, "--" + strings.ReplaceAll(strings.ToLower(name[len(p.prefix):]), "_", "-")
		}
	}
	return "", ""
}

// hears reports whether a command takes options from the variables of a tool.
func hears(cmd *shell.Command, tool string) bool {
	first, _, _ := strings.Cut(cmd.Programs, " ")
	switch tool {
	case "npm":
		return cmd.Ecosystem == ecosystem.NPM && first != "deno"
	case "pnpm":
		return first == "pnpm" || first == "pnpx"
	case "bun":
		return first == "bun" || first == "bunx" || shell.HasWord(cmd.Programs, "bun")
	}
	return shell.HasWord(cmd.Programs, tool)
}

func takeOption(_ *shell.Command, rt *shell.Route, option string, v *shell.Word) {
	if (option == "--registry" || option == "--reg") && v != nil {
		rt.Index = v.Text
	}
}

// beforeOptions lists the variables that npm itself takes for options.
func beforeOptions(cmd *shell.Command) []string {
	if cmd.Ecosystem == ecosystem.NPM && (shell.HasWord(cmd.Programs, "npm") || shell.HasWord(cmd.Programs, "npx")) {
		return []string{"npm --package", "npm --call", "npm --global", "npm --location"}
	}
	return nil
}

// namesOf reads what the value of a variable names.
func namesOf(c *shell.Reader, cmd *shell.Command, option, index string, w shell.Word) {
	switch {
	case cmd.Programs != "npm" && cmd.Programs != "pnpm":
	case option == "--package":
		for _, f := range shell.Fields(w) {
			npmName(c, f, ecosystem.NPM, extract.Runs, index)
		}
	case option == "--call":
		c.Line(w)
	case option == "--node-options":
		nodeOptions(c, w)
	case option == "--init-module":
		c.RunFile(w, text.JavaScript)
	}
}

// npmLetters are the letters that the tools of npm take for flags: a word of
// others behind one dash is one flag.
const npmLetters = "acfgLlmpCSBDEOPHhvwyqsdnrFTW"

// The options that take a value: npm 11.19.1 (its table of definitions and
// shorthands); else from the documentation of the tool: pnpm 10, Yarn 1 and 4,
// Bun 1.3. Whatever is not listed is a switch. npm knows a long flag by any
// beginning that no other one has.
const (
	npmValues = "--_auth --access --allow-directory --allow-file --allow-git --allow-remote --allow-scripts --also --audit-level --auth-type --before --browser " +
		"--ca --cache --cache-max --cache-min --cafile --call -c --cert --cidr --cpu --depth --diff --diff-dst-prefix --diff-src-prefix --diff-unified " +
		"--editor --expect-result-count --expires --fetch-retries --fetch-retry-factor --fetch-retry-maxtimeout --fetch-retry-mintimeout --fetch-timeout " +
		"--git --globalconfig --heading --https-proxy --include --init-author-email --init-author-name --init-author-url --init-license --init-module " +
		"--init-type --init-version --init.author.email --init.author.name --init.author.url --init.license --init.module --init.version --install-strategy " +
		"--key --libc --local-address --location -L --lockfile-version --loglevel --logs-dir --logs-max --maxsockets --message -m --min-release-age --name " +
		"--min-release-age-exclude --node-gyp --node-options --noproxy --omit --only --orgs --orgs-permission --os --otp --password --package --pack-destination --packages --packages-and-scopes-permission --prefix -C " +
		"--preid --provenance-file --proxy --reg --registry --replace-registry-host --save-prefix --sbom-format --sbom-type --scope --scopes --script-shell " +
		"--searchexclude --searchlimit --searchopts --searchstaleness --shell --tag --tag-version-prefix --token-description --umask --user-agent --userconfig --viewer " +
		"--which --workspace -w"
	npmSwitches = "--all --allow-same-version --audit --bin-links --bypass-2fa --commit-hooks --dangerously-allow-all-scripts --description --dev " +
		"--diff-ignore-all-space --diff-name-only --diff-no-prefix --diff-text --dry-run --engine-strict --expect-results --force --foreground-scripts " +
		"--format-package-lock --fund --git-tag-version --global --global-style --if-present --ignore-scripts --include-staged --include-workspace-root " +
		"--include-attestations --init-private --install-links --json --legacy-bundling --legacy-peer-deps --link --long --offline " +
		"--omit-lockfile-registry-resolved --optional --package-lock --package-lock-only --parseable --allow-scripts-pending --allow-scripts-pin " +
		"--prefer-dedupe --prefer-offline --prefer-online --production --progress --provenance --read-only --rebuild-bundle --save --save-bundle " +
		"--save-dev --save-exact --save-optional --save-peer --save-prod --packages-all --shrinkwrap --sign-git-commit --sign-git-tag --strict-peer-deps " +
		"--strict-allow-scripts --strict-ssl --timing --unicode --update-notifier --usage --version --versions --workspaces --workspaces-update --yes " +
		"--quiet --silent --verbose --desc --help --local --no --porcelain --readonly --iwr --ws"
	pnpmValues = "--dir -C --filter -F --filter-prod --registry --store-dir --virtual-store-dir --virtual-store-dir-max-length --modules-dir --lockfile-dir --loglevel " +
		"--reporter --network-concurrency --child-concurrency --workspace-concurrency --package-import-method --prefix --hoist-pattern --public-hoist-pattern --lockfile-directory --store --only " +
		"--save-catalog-name --save-prefix --allow-build --cpu --os --libc --changed-files-ignore-pattern --test-pattern --resume-from --global-dir --global-bin-dir " +
		"--node-linker --tag --cache-dir --state-dir --pnpmfile --global-pnpmfile --global-path --fetch-retries --fetch-retry-factor --fetch-retry-maxtimeout " +
		"--fetch-retry-mintimeout --fetch-timeout --https-proxy --http-proxy --proxy --noproxy --user-agent --use-node-version --userconfig --depth --config-dir " +
		"--template --minimum-release-age --trust-policy --catalog --script-shell --cwd"
	yarnValues = "--cwd --modules-folder --registry --cache-folder --preferred-cache-folder --global-folder --link-folder --mutex --network-concurrency " +
		"--network-timeout --proxy --https-proxy --use-yarnrc --tag --otp --access --prefix --mode --scripts-prepend-node-path --template "
	bunValues = "-c --config --cwd --registry --cache-dir --backend --concurrent-scripts --network-concurrency --filter -F --ca --cafile --omit --linker " +
		"--minimum-release-age --cpu --os --env-file --lockfile-path --template"
)

// npmWords are the values that a switch takes where one follows it, by nopt, which
// npm and pnpm read their options with: "--legacy-peer-deps true", "--color always".
const npmWords = "true false --color=always --save-workspace-protocol=rolling"

// nodeValues are the options of node 20 that take a value, from node --help.
const nodeValues = "-r --require --import --loader --experimental-loader -C --conditions --cpu-prof-dir --cpu-prof-interval --cpu-prof-name --diagnostic-dir --disable-proto " +
	"--disable-warning --dns-result-order --env-file --env-file-if-exists --experimental-default-type --experimental-policy --experimental-sea-config --heap-prof-dir " +
	"--heap-prof-interval --heap-prof-name --heapsnapshot-signal --icu-data-dir --input-type --inspect-port --inspect-publish-uid --max-http-header-size --openssl-config " +
	"--redirect-warnings --report-directory --report-dir --report-filename --report-signal --secure-heap --secure-heap-min --snapshot-blob --test-concurrency " +
	"--test-name-pattern --test-reporter --test-reporter-destination --test-shard --test-timeout --title --tls-cipher-list --tls-keylog --trace-event-categories " +
	"--trace-event-file-pattern --trace-require-module --unhandled-rejections --use-largepages --v8-pool-size --watch-path"

// npmName reads one word as npm reads what it installs. What does not come from a
// registry is listed if it has a name.
func npmName(c *shell.Reader, w shell.Word, eco ecosystem.Ecosystem, flags extract.Flags, index string) {
	if w.Hole != "" && !strings.Contains(w.Text, "$") {
		c.Tell(w) // it may be another one
	}
	t := w.Text
	end := len(t)
	at := 0
	if strings.HasPrefix(t, "npm:") {
		at = len("npm:")
	} else if strings.HasPrefix(t, "jsr:") {
		at, eco = len("jsr:"), ecosystem.JSR
	}
	for _, from := range []int{0, strings.IndexByte(t[min(1, len(t)):], '@') + 2} { // the address alone, or behind x@
		if name, n, ok := specifier.Archive(t[min(from, len(t)):]); ok {
			c.Reference(extract.Reference{Ecosystem: eco, Name: name, Span: w.Span(from+n, from+n+len(name)), Flags: flags, Index: index})
			return
		}
	}
	name, spec := npmWord(t[at:])
	if k := strings.IndexAny(name, "<>=^~"); k > 0 && spec == "" && extract.IsAlnum(name[k-1]) {
		// npm refuses it, and means no other package: x>=1 is written x@>=1.
		name, spec = name[:k], name[k:]
	}
	alias := ""
	for _, p := range []string{"npm:", "jsr:"} { // alias@npm:real@range
		if rest, ok := strings.CutPrefix(spec, p); ok && name != "" {
			at, alias = end-len(rest), name
			if p == "jsr:" {
				eco = ecosystem.JSR
			}
			name, spec = npmWord(rest)
		}
	}
	if strings.Contains(name, "$") || name == "" && strings.HasPrefix(t[at:], "$") {
		c.Tell(w)
		return
	}
	if name == "" || strings.ContainsAny(name[:1], "<{[.~/") || strings.ContainsAny(name, ": ") || strings.HasPrefix(name, "@") && !strings.Contains(name, "/") {
		return
	}
	r := extract.Reference{Ecosystem: eco, Name: name, Span: w.Span(at, at+len(name)), Flags: flags, Index: index, Alias: alias}
	if r.From, r.Constraint = specifier.SourceOfWord(spec); r.From == extract.FromRegistry && shell.Tarball(spec) {
		r.From, r.Constraint = extract.FromPath, ""
	}
	c.Reference(r)
}

// npmWord cuts a word into a name and what is asked of it, as npm does: what is
// an address, a path or a file has no name.
func npmWord(t string) (name, spec string) {
	at := -1
	if len(t) > 1 {
		at = strings.IndexByte(t[1:], '@') + 1
	}
	name = t
	if at > 0 {
		name, spec = t[:at], t[at+1:]
	}
	scheme, _, ok := strings.Cut(t, ":")
	if ok && strings.Trim(strings.TrimPrefix(scheme, "git+"), "abcdefghijklmnopqrstuvwxyz") == "" {
		return "", t
	}
	if user, host, ok := strings.Cut(t, "@"); ok && user != "" { // git@host.org:u/r
		if h, _, ok := strings.Cut(host, ":"); ok && strings.Contains(h, ".") && !strings.ContainsAny(h, "/") && strings.IndexByte(h, '.') > 0 && !strings.HasPrefix(t, "@") {
			return "", t
		}
	}
	if !strings.HasPrefix(name, "@") && (strings.Contains(name, "/") || shell.Tarball(name)) {
		return "", t
	}
	return name, spec
}

func npmFlags(list []shell.Arg) (flags extract.Flags, index string) {
	for _, a := range list {
		switch a.Flag {
		case "-D", "--save-dev", "--dev", "-d":
			flags |= extract.Dev
		case "-O", "--save-optional":
			flags |= extract.Optional
		case "--registry":
			if a.Value != nil {
				index = a.Value.Text
			}
		}
	}
	return flags, index
}

// readNpmGlobal reads a command that installs outside of any project: what that
// calls its own is nothing to it.
func readNpmGlobal(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	defer c.Global()()
	readNpm(c, cmd, words)
}

// unlessHead reads a command unless it is the first line that Yarn and Bun print:
// "yarn add v1.22.19", "bun add v1.3.0 (b0a6feca)".
func unlessHead(read func(*shell.Reader, *shell.Command, []shell.Word)) func(*shell.Reader, *shell.Command, []shell.Word) {
	return func(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
		if len(words) == 0 || len(words) > 2 || !releaseWord(words[0].Text) || len(words) == 2 && !strings.HasPrefix(words[1].Text, "(") {
			read(c, cmd, words)
		}
	}
}

// releaseWord reports whether a word is the version of a program: v1.22.19.
func releaseWord(s string) bool {
	rest, ok := strings.CutPrefix(s, "v")
	number, _, _ := strings.Cut(rest, "-")
	return ok && strings.Count(number, ".") == 2 && strings.Trim(number, "0123456789.") == "" && number[0] != '.'
}

// readNpm reads a command that installs.
func readNpm(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	list := shell.Args(words, cmd)
	for _, a := range list {
		switch {
		case a.Flag == "-g", a.Flag == "--global" && (a.Value == nil || a.Value.Text != "false"), a.Flag == "--location" && a.Value != nil && a.Value.Text == "global":
			defer c.Global()()
		}
	}
	flags, index := npmFlags(list)
	for _, a := range list {
		if a.Flag == "" {
			npmName(c, a.Word, cmd.Ecosystem, cmd.Flags|flags, index)
		}
	}
}

func readNpx(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	list := shell.Leading(words, cmd)
	packages := false
	_, index := npmFlags(list)
	for _, a := range list {
		switch {
		case (a.Flag == "-p" || a.Flag == "--package") && a.Value != nil:
			packages = true
			npmName(c, *a.Value, cmd.Ecosystem, cmd.Flags, index)
		case (a.Flag == "-c" || a.Flag == "--call") && a.Value != nil:
			// It runs what is installed, or what --package says: its first word is
			// no package by itself.
			c.Line(*a.Value)
		case a.Flag == "":
			if packages {
				return
			}
			if tool, _ := extract.CutVersion(a.Word.Text); tool == "jsr" || tool == "expo" || tool == "npm" || tool == "pnpm" || tool == "yarn" || tool == "bun" || tool == "ni" {
				if rest := shell.Behind(words, a.Word); rest != nil {
					c.Nested(append([]shell.Word{rest[0].Sub(0, len(tool))}, rest[1:]...))
				}
			}
			if cmd.Subs != "dlx" && cmd.Programs != "pnpx" { // these ask in any case
				defer c.Bin()()
			}
			npmName(c, a.Word, cmd.Ecosystem, cmd.Flags, index)
			return // the rest are its arguments
		}
	}
}

// readCreate reads "npm create x", which runs the package create-x.
func readCreate(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	for _, a := range shell.Args(words, cmd) {
		if a.Flag != "" {
			continue
		}
		t := a.Word.Text
		if t == "" || strings.ContainsAny(t[:1], "./$<{[") || strings.Contains(t, ":") {
			return
		}
		name, constraint := extract.CutVersion(t)
		real := "create-" + name
		if strings.HasPrefix(name, "@") {
			scope, pkg, ok := strings.Cut(name, "/")
			real = scope + "/create"
			if ok {
				real = scope + "/create-" + pkg
			}
		} else if strings.Contains(name, "/") {
			return // a GitHub template
		}
		if ecosystem.Markup(name) {
			return
		}
		c.Reference(extract.Reference{Ecosystem: ecosystem.NPM, Name: real, Constraint: constraint, Span: a.Word.Span(0, len(name)), Flags: cmd.Flags})
		return
	}
}

func readDeno(c *shell.Reader, cmd *shell.Command, words []shell.Word) {
	for _, a := range shell.Args(words, cmd) {
		if a.Flag != "" {
			continue
		}
		if t := a.Word.Text; strings.HasPrefix(t, "npm:") || strings.HasPrefix(t, "jsr:") || strings.Contains(t, "@npm:") || strings.Contains(t, "@jsr:") {
			npmName(c, a.Word, cmd.Ecosystem, cmd.Flags, "")
		}
	}
}

// loadModule reads a word as the specifier of a module.
func loadModule(c *shell.Reader, w shell.Word) {
	if w.Hole != "" || strings.Contains(w.Text, "$") {
		return // most often a path
	}
	if strings.HasPrefix(w.Text, "./") || strings.HasPrefix(w.Text, "../") || strings.HasPrefix(w.Text, "/") {
		c.RunFile(w, text.JavaScript)
	}
	specifier.Packages(w.Text, func(p specifier.Package) {
		r := extract.Reference{Ecosystem: p.Ecosystem, Name: p.Name, Constraint: p.Constraint, Span: w.Span(p.Start, p.End)}
		if whole := w.Text[p.Start:p.End]; whole != p.Name {
			r.Module = whole
		}
		if !ecosystem.Markup(p.Name) {
			c.Import(r)
		}
	})
}

// npmCommand gives the command of npm that a word means: its own name, an alias,
// or the beginning of one of them and of no other (lib/utils/cmd-list.js of npm
// 11). What means none stays what it is.
func npmCommand(word string) string {
	var b strings.Builder
	for _, c := range word {
		if c >= 'A' && c <= 'Z' {
			b.WriteByte('-')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	name := b.String()
	if slices.Contains(npmCommands, name) {
		return name
	}
	if to, ok := npmAliases[name]; ok {
		return to
	}
	found := ""
	if name != "" {
		for _, c := range npmCommands {
			if strings.HasPrefix(c, name) {
				if found != "" {
					return word
				}
				found = c
			}
		}
		for alias, to := range npmAliases {
			if strings.HasPrefix(alias, name) {
				if found != "" {
					return word
				}
				found = to
			}
		}
	}
	if found == "" {
		return word
	}
	return found
}

var npmCommands = strings.Fields(`access adduser approve-scripts audit bugs cache ci completion config dedupe
	deny-scripts deprecate diff dist-tag docs doctor edit exec explain explore find-dupes fund get help help-search
	init install install-ci-test install-scripts install-test link ll login logout ls org outdated owner pack ping pkg
	prefix profile prune publish query rebuild repo restart root run sbom search set shrinkwrap stage star stars start
	stop team test token trust undeprecate uninstall unpublish unstar update version view whoami`)

var npmAliases = map[string]string{
	"author": "owner", "home": "docs", "issues": "bugs", "info": "view", "show": "view", "find": "search", "add": "install",
	"unlink": "uninstall", "remove": "uninstall", "rm": "uninstall", "r": "uninstall", "un": "uninstall", "rb": "rebuild",
	"list": "ls", "ln": "link", "create": "init", "i": "install", "it": "install-test", "cit": "install-ci-test", "u": "update",
	"up": "update", "c": "config", "s": "search", "se": "search", "tst": "test", "t": "test", "ddp": "dedupe", "v": "view",
	"run-script": "run", "clean-install": "ci", "clean-install-test": "install-ci-test", "x": "exec", "why": "explain", "la": "ll",
	"verison": "version", "ic": "ci", "innit": "init", "in": "install", "ins": "install", "inst": "install", "insta": "install",
	"instal": "install", "isnt": "install", "isnta": "install", "isntal": "install", "isntall": "install", "install-clean": "ci",
	"isntall-clean": "ci", "hlep": "help", "dist-tags": "dist-tag", "upgrade": "update", "udpate": "update", "rum": "run",
	"sit": "install-ci-test", "urn": "run", "ogr": "org", "add-user": "adduser",
}
