package protocol

import (
	"errors"
	"io"

	"figment/internal/web"
)

// Unread says why a body could not be read to its end.
func Unread(rq Request, err error) Reading {
	switch {
	case errors.Is(err, web.ErrTooLarge):
		return FromFault(rq, web.Explain(err))
	case errors.Is(err, errJSON):
		return BadAnswer(rq, "its answer is not what a registry says")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		r := BadAnswer(rq, "its answer was cut short")
		r.Temporary = true
		return r
	}
	return FromFault(rq, web.Explain(err))
}

// FromFault is a fault of the request as a reading.
func FromFault(rq Request, f *web.Fault) Reading {
	r := Fault(rq, Reason(f.Reason), f.Text)
	r.Temporary = f.Temporary
	return r
}

// Fault is a reading of a document that says nothing, for a reason and in a
// clause of our own words.
func Fault(rq Request, reason Reason, detail string) Reading {
	return Reading{Doc: rq.Doc, Version: rq.Version, Reason: reason, Detail: detail}
}

// BadAnswer is a Fault of an answer that is not what the protocol says.
func BadAnswer(rq Request, detail string) Reading { return Fault(rq, ReasonBadAnswer, detail) }
