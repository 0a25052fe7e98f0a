//! The door that the owner of a data folder leaves open to other commands of the same user: a unix socket in the
//! folder. One line is asked, one answer comes, and that is all.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;

const NAME: &str = "ask";
/// Bytes of a question, and of an answer.
const MAX_QUESTION: u64 = 256;
const MAX_ANSWER: u64 = 4 << 20;
/// How long a question may take to come, and an answer.
const SLOW: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(40);

/// Gives an answer's bytes to a question; `None` for a question that is not known.
pub type Answer = std::sync::Arc<dyn Fn(String) -> Option<BoxFuture<'static, Vec<u8>>> + Send + Sync>;

fn place(data: &Path) -> PathBuf {
    data.join(NAME)
}

/// Answers until it is aborted. Only the owner of the folder's lock may call this: an old socket is replaced.
/// Within a tokio runtime.
pub fn serve(data: &Path, answer: Answer) -> io::Result<tokio::task::JoinHandle<()>> {
    let path = place(data);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    Ok(tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(SLOW).await;
                continue;
            };
            let answer = answer.clone();
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut question = String::new();
                let mut read = read.take(MAX_QUESTION);
                let whole = tokio::time::timeout(SLOW, read.read_to_string(&mut question)).await;
                if let (Ok(Ok(_)), Some(answer)) = (whole, answer(question.trim().to_owned())) {
                    // Nobody is told where the asker has gone.
                    let _ = write.write_all(&answer.await).await;
                }
            });
        }
    }))
}

/// Asks the process that owns the folder. `None`: nobody owns it, or nobody answers.
pub fn ask(data: &Path, question: &str) -> Option<Vec<u8>> {
    let mut stream = UnixStream::connect(place(data)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(question.as_bytes()).ok()?;
    stream.shutdown(std::net::Shutdown::Write).ok()?;
    let mut answer = vec![];
    stream.take(MAX_ANSWER).read_to_end(&mut answer).ok()?;
    (!answer.is_empty()).then_some(answer)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_question_has_an_answer_and_an_unknown_one_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ask(folder.path(), "doctor"), None);
        let answer: Answer = Arc::new(|question| {
            let known = question == "doctor";
            known.then(|| Box::pin(async { b"{}".to_vec() }) as BoxFuture<'static, Vec<u8>>)
        });
        // A socket that an earlier start left behind is no hindrance.
        for _ in 0..2 {
            let task = serve(folder.path(), answer.clone()).unwrap();
            assert_eq!(ask(folder.path(), "doctor").as_deref(), Some(&b"{}"[..]));
            assert_eq!(ask(folder.path(), "open sesame"), None);
            assert_eq!(ask(folder.path(), &"x".repeat(10_000)), None);
            task.abort();
        }
    }
}
