package source

// recognition is what the tests recognise files by: the rows of all ecosystems, which
// this package cannot import.
var recognition *Recognition

// SetRecognition is for TestMain.
func SetRecognition(r *Recognition) { recognition = r }
