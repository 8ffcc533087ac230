package source

import (
	"figment/scanner/text"
	"path"
	"strings"
)

// A Why says why a text that names packages was not read, or not whole. Empty:
// the problem is of another kind.
type Why string

// The reasons, as reports spell them.
const (
	NoReader         Why = "no-reader"         // of a known kind that nothing reads yet
	TooLarge         Why = "too-large"         // beyond a limit of size or number
	Binary           Why = "binary"            // it holds a NUL
	Encoding         Why = "encoding"          // in an encoding that is not decoded
	NestedTooDeep    Why = text.NestedTooDeep  // nested beyond MaxLevels, or a directory beyond the depth of a walk
	LongLines        Why = "long-lines"        // lines that a program wrote; those of ordinary length are read
	Broken           Why = "broken"            // not well formed: names after that place may be missed
	Crashed          Why = "crashed"           // a reader failed: the rest was read line by line
	NotFollowed      Why = "not-followed"      // a link or an include that leads to what may not be read
	SkippedDirectory Why = "skipped-directory" // tools made it, by the look of it, and yet git tracks files in it
	Ignored          Why = "ignored"           // outside of git: passed over for a rule or a marker that the tree itself sets
	Unreadable       Why = "unreadable"        // the system refused
)

// Gated reports whether a change that touches such a file may not pass a gate:
// the others say nothing of the change.
func (w Why) Gated() bool { return w != "" && w != NoReader && w != Ignored }

// Severe reports whether a report is incomplete for a file of that name that
// was not read. Sources other than scripts are full of generated text, and only
// a change of them counts.
func Severe(p string) bool {
	switch kind, _ := classify(p); kind {
	case manifestFile, lockFile, scriptFile:
		return true
	}
	return knownKind(p) != ""
}

// Guessed reports whether a file of that name is of a known kind that no format
// reads: what is made of its text, where somebody names it, is a guess.
func Guessed(p string) bool {
	kind, _ := classify(p)
	return (kind == noFile || kind == sniffed) && knownKind(p) != ""
}

// What says in words what kind of file a path is, for a person: "npm lock
// file". Empty where the name says nothing.
func What(p string) string {
	if what := knownKind(p); what != "" {
		return what
	}
	switch base := path.Base(p); base {
	case "package.json":
		return "npm manifest"
	case "package-lock.json", "npm-shrinkwrap.json":
		return "npm lock file"
	case "pyproject.toml", "setup.py", "setup.cfg":
		return "Python manifest"
	case "go.mod":
		return "Go manifest"
	}
	switch kind, lang := classify(p); kind {
	case manifestFile:
		return "Python requirements"
	case docFile:
		return "document"
	case scriptFile:
		return "script"
	case sourceFile:
		if lang == text.JSON {
			return langNames[lang]
		}
		return langNames[lang] + " source"
	}
	return ""
}

var langNames = map[text.Lang]string{text.Python: "Python", text.JavaScript: "JavaScript", text.JSX: "JavaScript", text.TypeScript: "TypeScript", text.TSX: "TypeScript", text.Go: "Go", text.JSON: "TypeScript configuration"}

// knownUnread are names of files that name packages and that no format reads,
// by base name in lower case, with what they are. A name that starts with a dot
// and has no second one is an extension. As a format arrives, its row goes.
var knownUnread = map[string]string{
	"yarn.lock": "Yarn lock file", "pnpm-lock.yaml": "pnpm lock file", "bun.lock": "Bun lock file", "bun.lockb": "Bun lock file",
	"deno.json": "Deno manifest", "deno.jsonc": "Deno manifest", "deno.lock": "Deno lock file", "jsr.json": "JSR manifest", "bower.json": "Bower manifest",
	".pnpmfile.cjs": "file of pnpm hooks", ".pnpmfile.mjs": "file of pnpm hooks", "pnpmfile.js": "file of pnpm hooks", "pnpmfile.cjs": "file of pnpm hooks",
	"uv.lock": "uv lock file", "poetry.lock": "Poetry lock file", "pdm.lock": "PDM lock file", "pipfile": "Pipenv manifest",
	"pipfile.lock": "Pipenv lock file", "pylock.toml": "Python lock file",
	"environment.yml": "conda environment", "environment.yaml": "conda environment", "conda-lock.yml": "conda lock file", "meta.yaml": "conda recipe",
	"pixi.toml": "pixi manifest", "pixi.lock": "pixi lock file", "go.sum": "Go checksums", "go.work": "Go workspace",
	"cargo.toml": "Cargo manifest", "cargo.lock": "Cargo lock file",
	"gemfile": "Bundler manifest", "gems.rb": "Bundler manifest", "gemfile.lock": "Bundler lock file", "gems.locked": "Bundler lock file", ".gemspec": "gem specification",
	"pom.xml": "Maven manifest", "build.gradle": "Gradle build", "build.gradle.kts": "Gradle build", "settings.gradle": "Gradle build", "settings.gradle.kts": "Gradle build",
	"libs.versions.toml": "Gradle version catalog", "gradle.lockfile": "Gradle lock file", "buildscript-gradle.lockfile": "Gradle lock file", "ivy.xml": "Ivy manifest",
	"build.sbt": "sbt build", "build.sc": "Mill build", "deps.edn": "Clojure manifest", "project.clj": "Leiningen manifest",
	".csproj": ".NET project", ".fsproj": ".NET project", ".vbproj": ".NET project", "packages.config": "NuGet manifest", "packages.lock.json": "NuGet lock file",
	"project.assets.json": "NuGet lock file", "directory.packages.props": "NuGet manifest", "directory.build.props": ".NET project", "paket.dependencies": "Paket manifest", "paket.lock": "Paket lock file", ".nuspec": "NuGet specification",
	"composer.json": "Composer manifest", "composer.lock": "Composer lock file",
	"pubspec.yaml": "pub manifest", "pubspec.lock": "pub lock file", "mix.exs": "Mix manifest", "mix.lock": "Mix lock file", "rebar.config": "Rebar manifest", "rebar.lock": "Rebar lock file", "gleam.toml": "Gleam manifest",
	"podfile": "CocoaPods manifest", "podfile.lock": "CocoaPods lock file", ".podspec": "CocoaPods specification", "cartfile": "Carthage manifest", "cartfile.resolved": "Carthage lock file", "package.swift": "Swift manifest", "package.resolved": "Swift lock file",
	"renv.lock": "renv lock file", "cpanfile": "Perl manifest", "cpanfile.snapshot": "Perl lock file", "makefile.pl": "Perl manifest",
	"stack.yaml": "Stack manifest", "stack.yaml.lock": "Stack lock file", "cabal.project": "Cabal project", ".cabal": "Cabal manifest", "elm.json": "Elm manifest",
	"conanfile.txt": "Conan manifest", "conanfile.py": "Conan manifest", "conan.lock": "Conan lock file", "vcpkg.json": "vcpkg manifest",
	".rockspec": "LuaRocks manifest", "dub.json": "DUB manifest", "dub.sdl": "DUB manifest", "shard.yml": "Crystal manifest", "shard.lock": "Crystal lock file", ".nimble": "Nimble manifest", "v.mod": "V manifest",
	"flake.lock": "Nix lock file", "module.bazel": "Bazel module", "module.bazel.lock": "Bazel lock file", "brewfile": "Homebrew manifest",
	"dockerfile": "Dockerfile", "containerfile": "Dockerfile", ".dockerfile": "Dockerfile",
	"docker-compose.yml": "compose file", "docker-compose.yaml": "compose file", "compose.yml": "compose file", "compose.yaml": "compose file",
	".gitlab-ci.yml": "GitLab workflow", "azure-pipelines.yml": "Azure workflow", "bitbucket-pipelines.yml": "Bitbucket workflow", ".travis.yml": "Travis workflow", "appveyor.yml": "AppVeyor workflow",
	"jenkinsfile": "Jenkins workflow", "makefile": "Makefile", "gnumakefile": "Makefile", "justfile": "justfile", "taskfile.yml": "Taskfile", "taskfile.yaml": "Taskfile",
	"devcontainer.json": "development container", ".pre-commit-config.yaml": "pre-commit configuration", ".mcp.json": "MCP configuration", "mcp.json": "MCP configuration",
	"tox.ini": "tox configuration", "tox.toml": "tox configuration",
	".readthedocs.yaml": "Read the Docs configuration", ".readthedocs.yml": "Read the Docs configuration", "procfile": "Procfile", "heroku.yml": "Heroku configuration",
	"netlify.toml": "Netlify configuration", "vercel.json": "Vercel configuration", "render.yaml": "Render configuration", "nixpacks.toml": "Nixpacks configuration",
	"cloudbuild.yaml": "Cloud Build workflow", "cloudbuild.yml": "Cloud Build workflow", "buildspec.yml": "CodeBuild workflow", ".drone.yml": "Drone workflow", ".woodpecker.yml": "Woodpecker workflow",
	".ipynb": "notebook", ".vue": "Vue component", ".svelte": "Svelte component", ".astro": "Astro component",
	".rs": "Rust source", ".rb": "Ruby source", ".java": "Java source", ".kt": "Kotlin source", ".kts": "Kotlin source", ".scala": "Scala source", ".groovy": "Groovy source",
	".cs": "C# source", ".fs": "F# source", ".csx": "C# source", ".fsx": "F# source", ".php": "PHP source", ".dart": "Dart source", ".ex": "Elixir source", ".exs": "Elixir source",
	".cdx.json": "CycloneDX document", ".spdx.json": "SPDX document", "bom.json": "CycloneDX document", ".bom.json": "CycloneDX document",
}

// knownKind says what a file is that names packages and that nothing reads;
// empty for all others.
func knownKind(p string) string {
	base := strings.ToLower(path.Base(p))
	if what, ok := knownUnread[base]; ok {
		return what
	}
	for i := strings.IndexByte(base, '.'); i >= 0; {
		if what, ok := knownUnread[base[i:]]; ok && i > 0 {
			return what
		}
		next := strings.IndexByte(base[i+1:], '.')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	switch dir := strings.ToLower(path.Dir(p)); {
	case strings.HasPrefix(base, "dockerfile."):
		return "Dockerfile"
	case base == "tasks.json" && path.Base(dir) == ".vscode":
		return "editor tasks"
	case strings.HasPrefix(base, "settings.") && strings.HasSuffix(base, ".json") && path.Base(dir) == ".claude":
		return "assistant's settings"
	case !strings.HasSuffix(base, ".yml") && !strings.HasSuffix(base, ".yaml"):
	case strings.HasSuffix(dir, ".github/workflows"), base == "action.yml", base == "action.yaml":
		return "GitHub workflow"
	case strings.HasSuffix(dir, ".circleci") && strings.HasPrefix(base, "config."):
		return "CircleCI workflow"
	case strings.HasPrefix(base, "environment-") || strings.HasPrefix(base, "environment_"):
		return "conda environment"
	}
	return ""
}
