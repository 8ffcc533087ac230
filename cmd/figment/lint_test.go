package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"figment/app"
	"figment/app/starter"
)

// TestShellcheck holds every shell script of the repository against shellcheck.
func TestShellcheck(t *testing.T) {
	tool, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck is not installed: the scripts were not linted")
	}
	root := filepath.Join("..", "..")
	var scripts []string
	for _, pattern := range []string{".github/action/*.sh", ".github/release/*.sh", ".ci/*"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern))
		for _, f := range found {
			rel, err := filepath.Rel(root, f)
			if err != nil {
				t.Fatal(err)
			}
			scripts = append(scripts, rel)
		}
	}
	if len(scripts) < 6 {
		t.Fatalf("only %q were found", scripts)
	}
	cmd := exec.Command(tool, append([]string{"--external-sources", "--severity=warning"}, scripts...)...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestActionlint lints the workflows, the one that init writes among them.
func TestActionlint(t *testing.T) {
	tool, err := exec.LookPath("actionlint")
	if err != nil {
		t.Skip("actionlint is not installed: the workflows were not linted")
	}
	files, _ := filepath.Glob(filepath.Join("..", "..", ".github", "workflows", "*.yml"))
	written := filepath.Join(t.TempDir(), "figment.yml")
	if err := os.WriteFile(written, []byte(starter.WorkflowText("example/figment@v1")), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, append([]string{"-no-color"}, append(files, written)...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestWorkflows: what a workflow uses is pinned to a commit or is our own, no
// event or input becomes part of a command, and nothing runs with the secrets of
// this repository on a stranger's change.
func TestWorkflows(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("..", "..", ".github", "workflows", "*.yml"))
	if len(files) == 0 {
		t.Fatal("there are no workflows")
	}
	pinned := regexp.MustCompile(`^[a-z-]+/[a-z-]+(/[a-z-]+)?@[0-9a-f]{40}$`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "pull_request_target") {
			t.Errorf("%s runs on pull_request_target", file)
		}
		var w struct {
			Permissions map[string]string
			Jobs        map[string]struct {
				Permissions map[string]string
				Steps       []struct{ Run, Uses string }
			}
		}
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if w.Permissions == nil {
			t.Errorf("%s does not say what it may do", file)
		}
		for what, may := range w.Permissions {
			if may == "write" {
				t.Errorf("%s may write %s in every job", file, what)
			}
		}
		for name, job := range w.Jobs {
			for _, s := range job.Steps {
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s, job %s: an expression becomes part of a command: %s", file, name, s.Run)
				}
				if s.Uses != "" && s.Uses != "./" && !pinned.MatchString(s.Uses) {
					t.Errorf("%s, job %s uses %s: pin it to a commit", file, name, s.Uses)
				}
			}
		}
	}
}

// TestActionPassesKnownFlags: what the script gives to figment scan exists.
func TestActionPassesKnownFlags(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("..", "..", ".github", "action", "scan.sh"))
	if err != nil {
		t.Fatal(err)
	}
	if missing := missingFlags(string(script)); len(missing) > 0 {
		t.Errorf("figment scan does not know %s", strings.Join(missing, ", "))
	}
}

func missingFlags(script string) (missing []string) {
	for _, m := range regexp.MustCompile(`args\+?=\((?:scan )?--([a-z-]+)`).FindAllStringSubmatch(script, -1) {
		if app.FindOption("scan", m[1]) == nil {
			missing = append(missing, "--"+m[1])
		}
	}
	for _, m := range regexp.MustCompile(`-o "?([a-z]+)=`).FindAllStringSubmatch(script, -1) {
		if !slices.Contains(app.FindOption("scan", "format").Values, m[1]) {
			missing = append(missing, "the format "+m[1])
		}
	}
	return missing
}
