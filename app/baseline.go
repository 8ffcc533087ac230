package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"figment/scanner/policy"
	"figment/scanner/source"
)

// BaselineFile finds the baseline and reads it. data is nil where there is
// none; file is then where it would be. With create a file that the call names
// may be missing.
func (s *Session) BaselineFile(create bool) (file string, data []byte, err error) {
	named := s.Values.Text("baseline")
	switch {
	case named != "":
		file = s.Abs(named)
	default:
		if file = s.findUp(s.request.firstPath(), policy.BaselineName); file == "" {
			file = filepath.Join(RepositoryRoot(s.Dir), policy.BaselineName)
		}
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		if named != "" && !create {
			return "", nil, Usage("--baseline "+named+": there is no such file", "figment baseline create --baseline "+named)
		}
		return file, nil, nil
	case err != nil:
		return "", nil, Usage(s.Display(file)+": "+Cause(err), "")
	case !info.Mode().IsRegular():
		return "", nil, Usage(s.Display(file)+": is not a regular file", "")
	case info.Size() > policy.MaxBaseline:
		return "", nil, Usage(s.Display(file)+": is larger than 16 MiB", "")
	}
	if data, err = os.ReadFile(file); err != nil {
		return "", nil, Usage(s.Display(file)+": "+Cause(err), "")
	}
	if data == nil {
		data = []byte{}
	}
	return file, data, nil
}

// LoadBaseline reads the baseline that a scan goes by, once a source is open.
func (s *Session) LoadBaseline() error {
	if s.Values.On("no-baseline") {
		return nil
	}
	file, data, err := s.BaselineFile(false)
	if err != nil {
		return err
	}
	var b *policy.Baseline
	if data != nil {
		if b, err = policy.ParseBaseline(s.Display(file), data); err != nil {
			return err
		}
	}
	dir := filepath.Dir(file)
	if s.base != nil {
		if b, dir, err = s.restrictBaseline(b, dir); err != nil {
			return err
		}
	}
	if b == nil {
		return nil
	}
	s.UseBaseline(b, dir)
	return nil
}

// UseBaseline makes a baseline that lies in dir the one that the scan goes by.
func (s *Session) UseBaseline(b *policy.Baseline, dir string) {
	relocate(b, dir, rootOf(s.src, s.Dir))
	s.baseline = b
}

// rootOf is the directory that the paths of a source count from.
func rootOf(src source.Source, dir string) string {
	if r, ok := src.(interface{ Root() string }); ok {
		return r.Root()
	}
	return dir
}

// relocate makes a baseline in dir fit the paths of a scan of root.
func relocate(b *policy.Baseline, dir, root string) {
	dir, root = realPath(dir), realPath(root)
	if rel, err := filepath.Rel(dir, root); err == nil && filepath.IsLocal(rel) {
		if rel != "." {
			b.Add = filepath.ToSlash(rel) + "/"
		}
		return
	}
	b.Strip = "/" // it speaks of another place: no path of a scan begins so
	if rel, err := filepath.Rel(root, dir); err == nil && filepath.IsLocal(rel) {
		b.Strip = filepath.ToSlash(rel) + "/"
	}
}

func realPath(dir string) string {
	if p, err := filepath.EvalSymlinks(dir); err == nil {
		return p
	}
	return dir
}
