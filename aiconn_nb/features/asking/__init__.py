"""Questions and their answers: streamed, compared, embedded, counted; who answers where one fails."""
