package container

import (
	"path"
	"strings"

	"figment/scanner/text"
)

// Known are the files that hold commands, or texts of other kinds, and that are
// not taken apart yet.
func Known() []text.Known {
	yaml := func(base string) bool { return strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml") }
	return []text.Known{
		{What: "Dockerfile", Names: []string{"Dockerfile", "Containerfile", ".dockerfile"}, Match: func(_, base string) bool { return strings.HasPrefix(base, "dockerfile.") }},
		{What: "compose file", Names: []string{"docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"}},
		{What: "Makefile", Names: []string{"Makefile", "GNUmakefile"}},
		{What: "justfile", Names: []string{"justfile"}},
		{What: "Taskfile", Names: []string{"Taskfile.yml", "Taskfile.yaml"}},
		{What: "Procfile", Names: []string{"Procfile"}},
		{What: "editor tasks", Match: func(dir, base string) bool { return base == "tasks.json" && path.Base(dir) == ".vscode" }},
		{What: "assistant's settings", Match: func(dir, base string) bool {
			return strings.HasPrefix(base, "settings.") && strings.HasSuffix(base, ".json") && path.Base(dir) == ".claude"
		}},
		{What: "MCP configuration", Names: []string{".mcp.json", "mcp.json"}},
		{What: "development container", Names: []string{"devcontainer.json"}},
		{What: "pre-commit configuration", Names: []string{".pre-commit-config.yaml"}},
		{What: "GitHub workflow", Match: func(dir, base string) bool {
			return yaml(base) && (strings.HasSuffix(dir, ".github/workflows") || base == "action.yml" || base == "action.yaml")
		}},
		{What: "CircleCI workflow", Match: func(dir, base string) bool {
			return yaml(base) && strings.HasSuffix(dir, ".circleci") && strings.HasPrefix(base, "config.")
		}},
		{What: "GitLab workflow", Names: []string{".gitlab-ci.yml"}},
		{What: "Azure workflow", Names: []string{"azure-pipelines.yml"}},
		{What: "Bitbucket workflow", Names: []string{"bitbucket-pipelines.yml"}},
		{What: "Travis workflow", Names: []string{".travis.yml"}},
		{What: "AppVeyor workflow", Names: []string{"appveyor.yml"}},
		{What: "Jenkins workflow", Names: []string{"Jenkinsfile"}},
		{What: "Cloud Build workflow", Names: []string{"cloudbuild.yaml", "cloudbuild.yml"}},
		{What: "CodeBuild workflow", Names: []string{"buildspec.yml"}},
		{What: "Drone workflow", Names: []string{".drone.yml"}},
		{What: "Woodpecker workflow", Names: []string{".woodpecker.yml"}},
		{What: "Read the Docs configuration", Names: []string{".readthedocs.yaml", ".readthedocs.yml"}},
		{What: "Heroku configuration", Names: []string{"heroku.yml"}},
		{What: "Netlify configuration", Names: []string{"netlify.toml"}},
		{What: "Vercel configuration", Names: []string{"vercel.json"}},
		{What: "Render configuration", Names: []string{"render.yaml"}},
		{What: "Nixpacks configuration", Names: []string{"nixpacks.toml"}},
		{What: "notebook", Names: []string{".ipynb"}},
		{What: "Vue component", Names: []string{".vue"}},
		{What: "Svelte component", Names: []string{".svelte"}},
		{What: "Astro component", Names: []string{".astro"}},
	}
}
