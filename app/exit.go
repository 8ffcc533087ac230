package app

import (
	"errors"
	"fmt"
	"syscall"

	"figment/internal/term"
	"figment/scanner/policy"
)

// Exit statuses, the same for every command and output format. Where several
// hold, ExitFindings wins over ExitIncomplete.
const (
	ExitOK         = 0 // nothing at or above the threshold
	ExitFindings   = 1 // findings at or above the threshold
	ExitUsage      = 2 // wrong usage or configuration
	ExitIncomplete = 3 // what was asked for is incomplete, or an internal failure
)

// An ExitError ends a call with a status. Without text nothing is printed: the
// report says it.
type ExitError struct {
	Code int
	Text string // lower case, without a full stop
	Hint string // what to do instead; empty: nothing is known
}

func (e *ExitError) Error() string { return e.Text }

// Usage is the error of a call or a configuration that is wrong.
func Usage(text, hint string) error { return &ExitError{ExitUsage, text, hint} }

// Failure is the error of a call that is right and could not be carried out.
func Failure(text, hint string) error { return &ExitError{ExitIncomplete, text, hint} }

// Written is what a call ends with after a result was written: a reader that
// closed the pipe has what it wanted, any other error is a failure.
func Written(err error) error {
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		return Failure("the result cannot be written: "+Cause(err), "")
	}
	return nil
}

// Finish prints the error of a call, if it has a text, and gives its exit
// status. An error of no known kind is wrong usage.
func (c *Call) Finish(err error) int {
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return ExitOK
	}
	code, text, hint := ExitUsage, err.Error(), ""
	var e *ExitError
	var p *policy.Error
	switch {
	case errors.As(err, &e):
		code, text, hint = e.Code, e.Text, e.Hint
	case errors.As(err, &p):
		hint = p.Hint
	}
	if text != "" {
		fmt.Fprintf(c.Err, "figment: error: %s\n", term.Safe(text))
		if hint != "" {
			fmt.Fprintf(c.Err, "figment: hint: %s\n", term.Safe(hint))
		}
	}
	return code
}
