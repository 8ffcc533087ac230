package local

import (
	"path"
	"strings"

	"figment/scanner/project"
)

// made gives the modules that a command makes: a project begun by one of the tools,
// an application of Django, a repository that is cloned.
func made(dir string, words []string) []project.MadeFile {
	for len(words) > 1 && words[0] == "uv" && words[1] == "run" {
		words = words[2:]
	}
	if len(words) > 1 && (words[0] == "python" || words[0] == "python3" || words[0] == "py") {
		words = words[1:]
		if len(words) > 2 && words[0] == "-m" && words[1] == "django" {
			words = append([]string{"django-admin"}, words[2:]...)
		}
	}
	if len(words) < 2 {
		return nil
	}
	args := project.Arguments(words[2:])
	if len(args) == 0 {
		return nil
	}
	switch tool, does := words[0], words[1]; tool {
	case "git":
		if does == "clone" {
			name := strings.TrimSuffix(path.Base(args[0]), ".git")
			if into := project.Arguments(words[3:]); len(into) > 0 {
				name = into[len(into)-1]
			}
			return begun(path.Join(dir, name))
		}
	case "uv", "poetry", "hatch", "pdm", "rye":
		if does == "init" || does == "new" {
			return begun(path.Join(dir, args[0]))
		}
	case "django-admin", "django-admin.py", "manage.py", "./manage.py":
		if does == "startproject" || does == "startapp" {
			return []project.MadeFile{{Path: path.Join(dir, args[0], "__init__.py")}, {Path: path.Join(dir, args[0], args[0], "__init__.py")}}
		}
	}
	return nil
}

// begun are the files of a project that is called like its directory.
func begun(dir string) []project.MadeFile {
	module := strings.NewReplacer("-", "_", ".", "_").Replace(path.Base(dir))
	return []project.MadeFile{{Path: path.Join(dir, module, "__init__.py")}, {Path: path.Join(dir, "src", module, "__init__.py")}}
}
