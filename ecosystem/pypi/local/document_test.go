package local

import (
	"strings"
	"testing"
)

func TestMade(t *testing.T) {
	for command, want := range map[string]string{
		"uv init my-app":  "d/my-app/my_app/__init__.py d/my-app/src/my_app/__init__.py",
		"uv init --lib .": "d/d/__init__.py d/src/d/__init__.py",
		"poetry new a.b":  "d/a.b/a_b/__init__.py d/a.b/src/a_b/__init__.py",
		"uv add x":        "",
		"git clone https://forge.example/u/x.git":     "d/x/x/__init__.py d/x/src/x/__init__.py",
		"git clone https://forge.example/u/x.git 'y'": "d/y/y/__init__.py d/y/src/y/__init__.py",
		"git pull x":                            "",
		"git clone":                             "",
		"django-admin startproject site":        "d/site/__init__.py d/site/site/__init__.py",
		"python3 -m django startproject site":   "d/site/__init__.py d/site/site/__init__.py",
		"uv run python manage.py startapp shop": "d/shop/__init__.py d/shop/shop/__init__.py",
		"python manage.py":                      "",
		"python x":                              "",
		"uv run":                                "",
	} {
		var got []string
		for _, f := range made("d", strings.Fields(command)) {
			got = append(got, f.Path)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q", command, got)
		}
	}
}
