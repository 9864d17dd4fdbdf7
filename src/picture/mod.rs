//! PNG and base64 at the edge: decoding under limits, streamed encoding.
