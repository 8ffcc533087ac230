package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"figment/ecosystem/all"
	"figment/scanner/source"
)

// Input opens what the request reads: its paths or, with --staged or --diff,
// what git says was changed. It does nothing where a source is open already.
func (s *Session) Input(ctx context.Context) error {
	if s.src != nil {
		return nil
	}
	if !s.request.FilesOnly {
		changes, err := s.changes(ctx)
		if err != nil {
			return err
		}
		if changes != nil {
			s.src = changes
			s.compareConfig(changes)
			return nil
		}
	}
	src, err := s.files()
	if err != nil {
		return err
	}
	s.src = src
	return nil
}

// Source is what is read; nil before it is opened.
func (s *Session) Source() source.Source { return s.src }

// UseSource reads src in place of what the request names: text that is on no
// disk, or standard input that was read before.
func (s *Session) UseSource(src source.Source) { s.src = src }

// files opens what the paths name.
func (s *Session) files() (source.Source, error) {
	paths := s.request.Paths
	if s.request.stdin() {
		return s.standardInput()
	}
	for _, p := range paths {
		if p == "-" {
			return nil, Usage("- stands for standard input and goes with no other path", "")
		}
	}
	for _, name := range []string{"stdin-filename", "lang"} {
		if s.Values.Text(name) != "" {
			return nil, Usage("--"+name+" is for standard input", "give - as the path: figment scan --"+name+" … -")
		}
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	src, err := source.Paths(paths, s.sourceOptions())
	if err != nil {
		return nil, s.sourceError(err)
	}
	return src, nil
}

// standardInput reads standard input, as what --stdin-filename or --lang call it.
func (s *Session) standardInput() (source.Source, error) {
	data, err := io.ReadAll(io.LimitReader(s.In, source.MaxStdin+1))
	if err != nil {
		return nil, Failure("standard input cannot be read: "+Cause(err), "")
	}
	var label source.Label
	if word := s.Values.Text("lang"); word != "" {
		var ok bool
		if label, ok = s.formats.Recognition().ParseLang(word); !ok {
			return nil, Usage(fmt.Sprintf("--lang: %q is not a language figment reads", word), "for example python, typescript, go, shell, markdown")
		}
	}
	s.piped = len(bytes.TrimSpace(data))
	if word := s.Values.Text("lang"); word == "" && s.Values.Text("stdin-filename") == "" && source.BareNames(data) {
		return nil, Usage("this could be requirements or npm names: nothing in the text says which", "give --stdin-filename requirements.txt, or --lang, or figment check - with names such as npm:left-pad")
	}
	return source.Stdin(s.formats.Recognition(), data, s.Values.Text("stdin-filename"), label), nil
}

// excludes are the globs of the configuration, which count from its own
// directory, and of the call, which count from the working directory.
func (s *Session) excludes() []source.Exclude {
	var out []source.Exclude
	for _, g := range s.Config.Exclude {
		dir := s.configDir
		if dir == "" {
			dir = s.Dir
		}
		out = append(out, source.Exclude{Dir: dir, Glob: g})
	}
	for _, g := range s.Values.List("exclude") {
		out = append(out, source.Exclude{Dir: s.Dir, Glob: g})
	}
	return out
}

func (s *Session) sourceError(err error) error {
	var p *source.PathError
	if errors.As(err, &p) {
		return Usage(fmt.Sprintf("%s: %s", p.Path, Cause(p.Err)), "name files or directories that exist, or - for standard input")
	}
	return Failure(err.Error(), "")
}

// Recognition is by what figment tells which files and texts it reads.
func Recognition() *source.Recognition { return all.Formats().Recognition() }
