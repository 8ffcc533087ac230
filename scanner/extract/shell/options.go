package shell

import (
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
)

// The options that take a value, by tool, from the tools themselves where they
// run here: pip 23.2.1 (its option parser) and the options that 25.3 documents
// besides, npm 11.19.1 (its table of definitions and shorthands), go 1.26 (help
// build), cargo 1.x (--help); else from the documentation of the tool: pnpm 10,
// Yarn 1 and 4, Bun 1.3, uv 0.9, Poetry 2, PDM 2, conda 25. Whatever is not
// listed is a switch.
const (
	pipValues = "-r --requirement -c --constraint -e --editable -t --target --platform --python-version --implementation --abi --root --prefix " +
		"--src --source --source-dir --source-directory --upgrade-strategy -C --config-settings --config-setting --global-option --build-option --install-option --no-binary --only-binary " +
		"--progress-bar --root-user-action --report -i --index-url --pypi-url --extra-index-url -f --find-links --python --log --log-file --local-log " +
		"--keyring-provider --proxy --retries --timeout --default-timeout --exists-action --trusted-host --cert --client-cert --cache-dir --use-feature " +
		"--use-deprecated --dest --destination-dir --destination-directory --wheel-dir --group --build-constraint --resume-retries --uploaded-prior-to " +
		"--requirements-from-script --all-releases --only-final --default-index --index"
	pipSwitches = "--no-deps --no-dependencies --pre --dry-run --user --no-user --upgrade --force-reinstall --ignore-installed --ignore-requires-python " +
		"--no-build-isolation --use-pep517 --no-use-pep517 --check-build-dependencies --break-system-packages --compile --no-compile " +
		"--no-warn-script-location --no-warn-conflicts --prefer-binary --require-hashes --no-clean --no-index --help --debug --isolated " +
		"--require-virtualenv --require-venv --verbose --version --quiet --no-input --no-cache-dir --disable-pip-version-check --no-color " +
		"--no-python-version-warning --no-verify"
	uvPipValues = pipValues + " " + uvCommon + " -p -b --build-constraints --constraints --requirements -o --override --overrides --excludes --torch-backend --python-platform --reinstall-package --no-build-isolation-package --extra --only-group --no-group"
	uvCommon    = "--index --default-index -i --index-url --extra-index-url -f --find-links -p --python --directory --project --config-file --cache-dir --color " +
		"--allow-insecure-host --trusted-host --index-strategy --keyring-provider --resolution --prerelease --fork-strategy --exclude-newer --exclude-newer-package " +
		"--link-mode -C --config-setting --config-settings --config-settings-package --no-build-isolation-package --upgrade-package -P --upgrade-group --refresh-package --reinstall-package " +
		"--no-binary-package --no-build-package --no-sources-package --python-platform --torch-backend --python-fetch --env-file"
	uvValues = uvCommon + " --group --only-group --no-group --no-extra --optional --extra --script --tag --branch --rev --package --bounds --with-requirements " +
		"-c --constraint --constraints -b --build-constraint --build-constraints --override --overrides --excludes -r --requirement --requirements -m --marker --no-install-package"
	poetryValues = "-G --group --dev-group -e --editable --extras -E --source --python --platform --index --pypi-mirror -i --git --path --url --tag --features --rev --branch " +
		"--markers -P --project -C --directory --with --without --only -p -L --lockfile --categories -r --requirements --venv --config-setting --override"
	condaValues = "-c -n -p -f --file --channel --name --prefix --solver --subdir --platform --repodata-fn --experimental --environment-specifier --env-spec --clone --root-prefix --rc-file --log-level --category"

	npmValues = "--_auth --access --allow-directory --allow-file --allow-git --allow-remote --allow-scripts --also --audit-level --auth-type --before --browser " +
		"--ca --cache --cache-max --cache-min --cafile --call -c --cert --cidr --cpu --depth --diff --diff-dst-prefix --diff-src-prefix --diff-unified " +
		"--editor --expect-result-count --expires --fetch-retries --fetch-retry-factor --fetch-retry-maxtimeout --fetch-retry-mintimeout --fetch-timeout " +
		"--git --globalconfig --heading --https-proxy --include --init-author-email --init-author-name --init-author-url --init-license --init-module " +
		"--init-type --init-version --init.author.email --init.author.name --init.author.url --init.license --init.module --init.version --install-strategy " +
		"--key --libc --local-address --location -L --lockfile-version --loglevel --logs-dir --logs-max --maxsockets --message -m --min-release-age " +
		"--min-release-age-exclude --node-gyp --node-options --noproxy --omit --only --orgs --os --otp --package --pack-destination --packages --prefix -C " +
		"--preid --provenance-file --proxy --reg --registry --replace-registry-host --save-prefix --sbom-format --sbom-type --scope --scopes --script-shell " +
		"--searchexclude --searchlimit --searchopts --searchstaleness --shell --tag --tag-version-prefix --umask --user-agent --userconfig --viewer " +
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
		"--reporter --network-concurrency --child-concurrency --workspace-concurrency --package-import-method --prefix --hoist-pattern --public-hoist-pattern " +
		"--save-catalog-name --save-prefix --allow-build --cpu --os --libc --changed-files-ignore-pattern --test-pattern --resume-from --global-dir --global-bin-dir " +
		"--node-linker --tag --cache-dir --state-dir --pnpmfile --global-pnpmfile --global-path --fetch-retries --fetch-retry-factor --fetch-retry-maxtimeout " +
		"--fetch-retry-mintimeout --fetch-timeout --https-proxy --http-proxy --proxy --noproxy --user-agent --use-node-version --userconfig --depth --config-dir " +
		"--template --minimum-release-age --trust-policy --catalog --script-shell --cwd"
	yarnValues = "--cwd --modules-folder --registry --cache-folder --preferred-cache-folder --global-folder --link-folder --mutex --network-concurrency " +
		"--network-timeout --proxy --https-proxy --use-yarnrc --tag --otp --access --prefix --mode --scripts-prepend-node-path --template "
	bunValues = "-c --config --cwd --registry --cache-dir --backend --concurrent-scripts --network-concurrency --filter -F --ca --cafile --omit --linker " +
		"--minimum-release-age --cpu --os --env-file --lockfile-path --template"

	goValues = "-C -p -covermode -coverpkg -asmflags -buildmode -compiler -gccgoflags -gcflags -installsuffix -ldflags -mod -modfile -overlay -pgo -pkgdir -tags -toolexec -o -vet -proxy"

	cargoValues = "-p --package --features -F --rename --version --vers --registry --index --branch --tag --rev --root --target --profile --manifest-path -j --jobs --bin --example " +
		"--git --path --base --color --config -Z --lockfile-path --target-dir --message-format --pkg-url --pkg-fmt --bin-dir --install-path --strategies --disable-strategies " +
		"--targets --log-level --github-token --rate-limit --min-tls-version --root-certificates --maximum-resolution-timeout"
)

// An arg is a flag with its value, or a plain word.
type arg struct {
	flag  string // "--save-dev"; empty for a plain word
	value *Word  // of a flag that takes one
	word  Word
}

// takes reports whether a flag takes the next word as its value. pip and npm
// know a long flag by any beginning that no other one has.
func (cmd *command) takes(flag string) bool {
	if listed(cmd.values, flag) {
		return true
	}
	if cmd.eco == ecosystem.Golang && strings.HasPrefix(flag, "--") {
		return listed(cmd.values, flag[1:])
	}
	switches := ""
	switch {
	case !strings.HasPrefix(flag, "--") || len(flag) < 4:
		return false
	case hasWord(cmd.programs, "pip"):
		switches = pipSwitches
	case hasWord(cmd.programs, "npm") || hasWord(cmd.programs, "npx"):
		switches = npmSwitches
	default:
		return false
	}
	return !strings.HasPrefix(flag, "--no-") && !strings.Contains(" "+switches, " "+flag) && strings.Contains(" "+cmd.values, " "+flag)
}

func listed(list, word string) bool {
	for word != "" {
		i := strings.Index(list, word)
		if i < 0 {
			return false
		}
		end := i + len(word)
		if (i == 0 || list[i-1] == ' ') && (end == len(list) || list[end] == ' ') {
			return true
		}
		list = list[end:]
	}
	return false
}

// args splits the words of a command into flags and plain words. A flag that
// nobody knows is a switch.
func args(words []Word, cmd *command) []arg { return argsBefore(words, cmd, false) }

// leading gives the flags up to the first plain word, and that: what follows
// belongs to the program that the word names.
func leading(words []Word, cmd *command) []arg { return argsBefore(words, cmd, true) }

func argsBefore(words []Word, cmd *command, first bool) []arg {
	var out []arg
	literal := false
	for i := 0; i < len(words); i++ {
		w := words[i]
		t := w.Text
		next := func(flag string) {
			a := arg{flag: flag}
			if i+1 < len(words) {
				i++
				a.value = &words[i]
			}
			out = append(out, a)
		}
		switch {
		case literal || len(t) < 2 || t[0] != '-':
			out = append(out, arg{word: w})
			if first {
				return out
			}
		case t == "--":
			literal = true
			out = append(out, arg{flag: "--"})
		case strings.Contains(t, "="):
			at := strings.IndexByte(t, '=')
			v := w.sub(at+1, len(t))
			out = append(out, arg{flag: t[:at], value: &v})
		case cmd.takes(t):
			next(t)
		case t[1] == '-' || len(t) == 2 || cmd.eco == ecosystem.Golang || cmd.eco == ecosystem.NuGet || cmd.eco == ecosystem.NPM && strings.Trim(t[1:], npmShorts) != "":
			out = append(out, arg{flag: t})
		default: // -dG group, -rfile
			k := 1
			for k < len(t) && extract.IsAlnum(t[k]) && !listed(cmd.values, "-"+t[k:k+1]) {
				out = append(out, arg{flag: "-" + t[k:k+1]})
				k++
			}
			switch {
			case k == len(t)-1 && extract.IsAlnum(t[k]):
				next("-" + t[k:])
			case k < len(t) && extract.IsAlnum(t[k]):
				v := w.sub(k+1, len(t))
				out = append(out, arg{flag: "-" + t[k:k+1], value: &v})
			}
		}
	}
	return out
}

// npmShorts are the letters that the tools of npm take for flags: a word of
// others behind one dash is one flag.
const npmShorts = "acfgLlmpCSBDEOPHhvwyqsdnrFTW"
