package app

import (
	"context"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/registry"
	"figment/report"
	"figment/scanner"
	"figment/scanner/extract"
	"figment/scanner/policy"
	"figment/scanner/source"
	"figment/scanner/verdict"
)

// Prepare opens what a scan needs: what is read, the baseline that counts, and
// the clients. No registry is asked.
func (s *Session) Prepare(ctx context.Context) error {
	if err := s.Input(ctx); err != nil {
		return err
	}
	if err := s.LoadBaseline(); err != nil {
		return err
	}
	if err := s.Connect(); err != nil {
		return err
	}
	if s.request.Command != "scan" { // figment-osv adds to a report only
		return nil
	}
	var err error
	s.deepRun, err = s.deepScan()
	return err
}

// Scan runs the pipeline over a session that is prepared, within its deadline.
// events may be nil. The error is of a scan that could not begin; what could not
// be read or asked stands in the report.
func (s *Session) Scan(ctx context.Context, events func(scanner.Event)) (*scanner.Report, error) {
	o := s.Options()
	o.Events, o.Deep = events, s.deepRun
	o.Whole = s.request.Command == "scan" && s.whole() // else what no ignore matched is no finding
	ctx, cancel := s.Deadline(ctx)
	defer cancel()
	rep, err := scanner.Scan(ctx, o)
	if err != nil {
		return nil, s.sourceError(err)
	}
	return rep, nil
}

// List says what the source references and who would be asked about it, and
// opens no socket.
func (s *Session) List(ctx context.Context) (*scanner.Listing, error) {
	if err := s.Input(ctx); err != nil {
		return nil, err
	}
	s.client = registry.NewLive(registry.Options{Drivers: adapter.Drivers(s.adapters), Known: Known(nil)}) // Plan opens no socket
	if err := s.connectOSV(""); err != nil {
		return nil, err
	}
	list, err := scanner.List(ctx, s.Options())
	if err != nil {
		return nil, s.sourceError(err)
	}
	if ctx.Err() != nil {
		return nil, Failure("interrupted", "")
	}
	return list, nil
}

// Check judges single references, which stand in no file.
func (s *Session) Check(ctx context.Context, refs []extract.Reference) ([]scanner.Result, error) {
	s.src = source.Memory(nil, nil)
	if err := s.Connect(); err != nil {
		return nil, err
	}
	ctx, cancel := s.Deadline(ctx)
	defer cancel()
	results, err := scanner.Check(ctx, refs, s.Options())
	if err != nil {
		return nil, Failure(err.Error(), "")
	}
	return results, nil
}

// Options are those of the pipeline, over the source that is open.
func (s *Session) Options() scanner.Options {
	src := s.src
	o := scanner.Options{
		Source: src, Formats: s.formats, Adapters: s.adapters, Settings: s.settings, Client: s.client, Config: s.Config, Version: s.Version,
		OSV: s.osv, OSVAsk: s.osvAsk, Packs: s.packs, Baseline: s.baseline,
		UserPrivacyOnly: s.Values.Text("private-from") == "user",
	}
	o.Base = s.changeBase(src)
	if s.base != nil {
		root := rootOf(src, s.Dir)
		o.Inlines = func(name string, text []byte, found []policy.Inline) []policy.Inline {
			return s.effectiveIgnores(root, name, text, found)
		}
	}
	for _, e := range s.Values.List("ecosystem") {
		eco, _ := ecosystem.Lookup(e)
		o.Only = append(o.Only, eco)
	}
	return o
}

// whole reports whether the scan covers everything that the project's
// configuration speaks of.
func (s *Session) whole() bool {
	args := s.request.Paths
	if s.git || s.Dir == "" || len(args) > 1 || len(s.Values.List("ecosystem")) > 0 || s.Values.On("no-source") {
		return false
	}
	dir := s.Dir
	if len(args) == 1 {
		if args[0] == "-" {
			return false
		}
		dir = s.Abs(args[0])
	}
	return dir == s.Dir
}

// Conclude says on standard error what the outputs do not show of a scan, and
// gives what the call ends with: nil, or an error with the exit status.
func (s *Session) Conclude(rep *scanner.Report, outputs []Output) error {
	s.SayAccepted()
	for _, out := range outputs {
		if text := report.Unread(rep.Unread); out.Format.Name == "concise" && text != "" && !s.Values.On("quiet") {
			s.Say("%s", text)
		}
	}
	s.SayBlocked(rep)
	if err := s.NothingRead(rep.Counts.Files+rep.Counts.References, rep.Unread); err != nil {
		return err
	}
	s.SayNoNames(rep.Counts.Files, rep.Counts.References)
	if rep.Counts.Files == 0 && len(rep.Problems) == 0 && len(rep.Unread) == 0 && !s.git {
		if s.Values.On("require-input") {
			return errNoInput()
		}
		if !s.Values.On("quiet") {
			s.Say("warning: nothing to read was found")
		}
	}
	return s.Status(rep)
}

// ConcludeShown is Conclude for a report that a person saw on a screen.
func (s *Session) ConcludeShown(rep *scanner.Report) error {
	s.SayAccepted()
	s.SayBlocked(rep)
	if !rep.Interrupted {
		if err := s.NothingRead(rep.Counts.Files+rep.Counts.References, rep.Unread); err != nil {
			return err
		}
	}
	if rep.Counts.Files == 0 && len(rep.Problems) == 0 && !rep.Interrupted && s.Values.On("require-input") {
		return errNoInput()
	}
	return s.Status(rep)
}

func errNoInput() error {
	return Usage("nothing to read was found", "figment help scan says what is read")
}

// Status is the exit status that a report means: nil for ExitOK, else an
// ExitError without text.
func (s *Session) Status(rep *scanner.Report) error {
	worst := verdict.NoSeverity
	for i := range rep.Findings {
		worst = max(worst, rep.Findings[i].Severity)
	}
	return s.status(worst, !rep.Complete, blocked(rep))
}

// CheckStatus is Status for the results of a check.
func (s *Session) CheckStatus(results []scanner.Result) error {
	worst, incomplete := verdict.NoSeverity, false
	for i := range results {
		worst = max(worst, results[i].Severity)
		incomplete = incomplete || results[i].Unchecked()
	}
	return s.status(worst, incomplete, false)
}

// status is the exit status of a run. A change that is blocked does not pass,
// whatever the options say of names that could not be checked.
func (s *Session) status(worst verdict.Severity, incomplete, blocked bool) error {
	if s.Values.On("exit-zero") {
		return nil
	}
	threshold, _ := verdict.ParseSeverity(s.Values.Text("fail-on"))
	switch {
	case threshold != verdict.NoSeverity && worst >= threshold:
		return &ExitError{Code: ExitFindings}
	case blocked:
		return &ExitError{Code: ExitIncomplete}
	case incomplete && s.Values.Text("on-unverified") == "fail":
		return &ExitError{Code: ExitIncomplete}
	}
	return nil
}
