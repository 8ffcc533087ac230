package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"figment/registry/settings"
	"figment/scanner/policy"
)

// ConfigName is the project's configuration file.
const ConfigName = ".figment.toml"

// maxConfig is the most that is read of a configuration file, in bytes.
const maxConfig = 1 << 20

// loadConfig reads the project's and the user's configuration. start is the
// first path of the call; flag the value of --config. file is the project's. The
// user's is not one that lies in a scanned tree (trees), whatever variable leads
// there.
func (c *Call) loadConfig(start, flag string, trees []string) (project, user *policy.Document, file string, err error) {
	if flag == "none" {
		return nil, nil, "", nil
	}
	if flag != "" {
		file = c.Abs(flag)
		if _, err := os.Stat(file); err != nil {
			return nil, nil, "", Usage("--config "+flag+": "+Cause(err), "")
		}
	} else {
		file = c.findConfig(start)
	}
	projectFile := file
	if file != "" {
		data, err := readConfig(file)
		if err != nil {
			return nil, nil, "", Usage(c.Display(file)+": "+Cause(err), "")
		}
		if project, err = policy.Parse(c.Display(file), data, policy.Repository, Keys()); err != nil {
			return nil, nil, "", err
		}
	}
	if file := c.userConfig(); file != "" {
		data, err := readConfig(file)
		if err == nil && settings.Within(file, trees...) {
			c.Say("warning: %s lies in the scanned tree and is not read as the user's configuration", c.Display(file))
			return project, nil, projectFile, nil
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, nil, "", Usage(file+": "+Cause(err), "")
		default:
			if user, err = policy.Parse(file, data, policy.User, Keys()); err != nil {
				return nil, nil, "", err
			}
		}
	}
	return project, user, file, nil
}

// findConfig looks for the nearest configuration file from start upward to the
// root of the repository; outside a repository only in the scanned directory.
// A link that leads out of there is not followed.
func (c *Call) findConfig(start string) string { return c.findUp(start, ConfigName) }

// findUp is findConfig for a file called name.
func (c *Call) findUp(start, name string) string {
	dir := c.startDir(start)
	root := RepositoryRoot(dir)
	for {
		file := filepath.Join(dir, name)
		if info, err := os.Lstat(file); err == nil && (info.Mode().IsRegular() || linkInside(file, root)) {
			return file
		}
		if dir == root || filepath.Dir(dir) == dir {
			return ""
		}
		dir = filepath.Dir(dir)
	}
}

// startDir is the directory from which the project's files are looked for.
func (c *Call) startDir(start string) string {
	dir := c.Dir
	if start != "" && start != "-" {
		dir = c.Abs(start)
		if info, err := os.Stat(dir); err == nil && !info.IsDir() {
			dir = filepath.Dir(dir)
		}
	}
	return dir
}

// ConfigToEdit is the project's configuration file, or where it would be.
func (c *Call) ConfigToEdit() string {
	if flag := c.Env("FIGMENT_CONFIG"); flag != "" && flag != "none" {
		return c.Abs(flag)
	}
	if file := c.findConfig(""); file != "" {
		return file
	}
	return filepath.Join(RepositoryRoot(c.Dir), ConfigName)
}

// ConfigToEdit is where an accepted finding is written: the file that was read,
// or the one that will be; empty where none is to be read.
func (s *Session) ConfigToEdit() string {
	if file, ok := s.request.Flags.Value("config"); ok {
		if file == "none" {
			return ""
		}
		return s.Abs(file)
	}
	switch file := s.Env("FIGMENT_CONFIG"); {
	case file == "none":
		return ""
	case file == "" && s.configDir != "":
		return filepath.Join(s.configDir, ConfigName)
	}
	return s.Call.ConfigToEdit()
}

// RepositoryRoot is the directory that holds .git, dir itself if there is none.
func RepositoryRoot(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if filepath.Dir(d) == d {
			return dir
		}
	}
}

func linkInside(file, root string) bool {
	target, err := filepath.EvalSymlinks(file)
	if err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	rel, err := filepath.Rel(root, target)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return false
	}
	info, err := os.Stat(target)
	return err == nil && info.Mode().IsRegular()
}

// userConfig is the path of the user's own file; empty if there is no place
// for one.
func (c *Call) userConfig() string {
	if dir := c.Env("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "figment", "config.toml")
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "figment", "config.toml")
}

func readConfig(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file")
	}
	if info.Size() > maxConfig {
		return nil, errors.New("is larger than 1 MiB")
	}
	return os.ReadFile(file)
}

// MergeConfig joins what both files say of structured settings: entries of both hold,
// and the stricter level of a rule unless the project gives a reason. Either may
// be nil.
func MergeConfig(project, user *policy.Document) policy.Config {
	c := policy.Config{Levels: map[string]policy.Level{}}
	if user != nil {
		for id, l := range user.Levels {
			c.Levels[id] = l
		}
		c.Entries = append(c.Entries, user.Entries...)
		c.Exclude = append(c.Exclude, user.Exclude...)
		c.UserPrivate = user.UserPrivate
	}
	if project != nil {
		for id, l := range project.Levels {
			if u, ok := c.Levels[id]; ok && l.Severity < u.Severity && l.Reason == "" {
				continue
			}
			c.Levels[id] = l
		}
		c.Entries = append(c.Entries, project.Entries...)
		c.Exclude = append(c.Exclude, project.Exclude...)
		c.RepoPrivate = project.RepoPrivate
	}
	return c
}
