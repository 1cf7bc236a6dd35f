package report

// CloseFile closes the stream's file, as an error as good as that of a full disk.
func (s *Stream) CloseFile() error { return s.file.Close() }
