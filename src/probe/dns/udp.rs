//! UDP to one resolver: a few sockets that many questions share.
//!
//! A socket for each question costs several times what the question does. A few shared ones
//! leave a forger who cannot see our questions this much to guess at once:
//!
//! - the port: each socket has a random one, and gives way to another with a fresh port after
//!   [`QUESTIONS`] questions or [`AGE`], so that a port found out is of little use;
//! - the id: 16 random bits of each question, from a generator seeded by the system;
//! - the case of the letters: each letter of the name is asked for in a random case, and the
//!   answer must repeat them (0x20). A resolver that does not is asked over TCP;
//! - the resolver's address and port: sockets are connected, the kernel drops the rest.
//!
//! What does not fit is dropped and the wait goes on: a forger may not end it either.

use hickory_resolver::proto::op::Message;
use std::{
    collections::{HashMap, hash_map::Entry},
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::UdpSocket,
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

/// Sockets that a resolver is asked through at a time.
const SOCKETS: usize = 8;
/// Questions that one socket carries.
const QUESTIONS: usize = 256;
/// How long a socket takes questions.
const AGE: Duration = Duration::from_secs(10);
/// Packets get lost: a question is sent so often within its time.
const SENDINGS: u32 = 4;
/// More than we say that we take.
const MAX_PACKET: usize = 4096;
/// Ports that are tried before the system may choose.
const PORTS_TRIED: usize = 8;
const HEADER: usize = 12;

/// The sockets of one resolver.
pub(super) struct Sockets {
    server: SocketAddr,
    lines: [Mutex<Option<Arc<Line>>>; SOCKETS],
    turn: AtomicUsize,
}

/// What came back.
#[derive(Debug, PartialEq)]
pub(super) enum Reply {
    /// The answer to the question.
    Answer(Vec<u8>),
    /// It fits but for the case of letters: a resolver that does not keep it, or a forger who
    /// guessed the rest.
    OtherCase,
}

impl Sockets {
    pub(super) fn new(server: SocketAddr) -> Sockets {
        Sockets { server, lines: Default::default(), turn: AtomicUsize::new(0) }
    }

    /// Sends a question, whose id is chosen here, until an answer comes; `None` where none
    /// does in time.
    ///
    /// # Errors
    /// Where there is no socket to be had.
    pub(super) async fn ask(
        &self,
        mut packet: Vec<u8>,
        time: Duration,
    ) -> io::Result<Option<Reply>> {
        let line = self.line().await?;
        // The question is dropped behind its answer, which is how it knows that nobody waits.
        let (_asked, mut reply) = Asked::on(&line, &mut packet)?;
        for _ in 0..SENDINGS {
            // An error may be the echo of an earlier packet: the next sending will tell.
            if let Err(error) = line.socket.send(&packet).await {
                tracing::trace!(server = %self.server, %error, "question not sent");
            }
            match timeout(time / SENDINGS, &mut reply).await {
                Ok(reply) => return Ok(reply.ok()),
                Err(_) => continue,
            }
        }
        Ok(None)
    }

    /// A socket that may take one more question.
    async fn line(&self) -> io::Result<Arc<Line>> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % SOCKETS;
        let slot = self.lines.get(turn).ok_or(io::ErrorKind::NotFound)?;
        let kept = || slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = kept().as_ref().filter(|line| line.takes_one_more()) {
            return Ok(Arc::clone(line));
        }
        let fresh = Arc::new(Line::open(self.server).await?);
        // Whoever still waits on the former one keeps it for as long.
        *kept() = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}

/// One socket, and who waits for what on it.
struct Line {
    socket: Arc<UdpSocket>,
    waiting: Arc<Waiting>,
    reader: JoinHandle<()>,
    opened: Instant,
    carried: AtomicUsize,
}

impl Line {
    async fn open(server: SocketAddr) -> io::Result<Line> {
        let socket = Arc::new(bind(server).await?);
        socket.connect(server).await?;
        let waiting = Arc::new(Waiting::default());
        let reader = tokio::spawn(read(Arc::clone(&socket), Arc::clone(&waiting)));
        let carried = AtomicUsize::new(0);
        Ok(Line { socket, waiting, reader, opened: Instant::now(), carried })
    }

    fn takes_one_more(&self) -> bool {
        self.opened.elapsed() < AGE && self.carried.fetch_add(1, Ordering::Relaxed) < QUESTIONS
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// A socket at a random port.
async fn bind(server: SocketAddr) -> io::Result<UdpSocket> {
    let any = |port| match server {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)),
    };
    for _ in 0..PORTS_TRIED {
        let port = random();
        if port >= 1024
            && let Ok(socket) = UdpSocket::bind(any(port)).await
        {
            return Ok(socket);
        }
    }
    UdpSocket::bind(any(0)).await
}

/// 16 bits that nobody foresees: what hickory draws for the id of a message.
fn random() -> u16 {
    Message::query().metadata.id
}

/// The open questions of one socket by id.
#[derive(Default)]
struct Waiting(Mutex<HashMap<u16, Open>>);

struct Open {
    /// The question section as sent.
    question: Vec<u8>,
    tell: oneshot::Sender<Reply>,
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, HashMap<u16, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a packet to the question that it answers.
    fn deliver(&self, packet: &[u8]) {
        let Some([high, low]) = packet.first_chunk() else { return };
        let mut open = self.lock();
        let Entry::Occupied(entry) = open.entry(u16::from_be_bytes([*high, *low])) else { return };
        let reply = match fit(&entry.get().question, packet) {
            Fit::No => return,
            Fit::OtherCase => Reply::OtherCase,
            Fit::Yes => Reply::Answer(packet.to_vec()),
        };
        // Whoever has given up needs no answer.
        let _ = entry.remove().tell.send(reply);
    }
}

/// A question for as long as somebody waits for its answer.
struct Asked<'a> {
    waiting: &'a Waiting,
    id: u16,
}

impl<'a> Asked<'a> {
    /// Gives the packet an id that no open question of the socket has.
    fn on(line: &'a Line, packet: &mut [u8]) -> io::Result<(Asked<'a>, oneshot::Receiver<Reply>)> {
        let question = question(packet).ok_or(io::ErrorKind::InvalidInput)?.to_vec();
        let (tell, reply) = oneshot::channel();
        let mut open = line.waiting.lock();
        // A socket carries far fewer questions than there are ids.
        let mut id = random();
        while open.contains_key(&id) {
            id = random();
        }
        if let Some(place) = packet.first_chunk_mut() {
            *place = id.to_be_bytes();
        }
        open.insert(id, Open { question, tell });
        Ok((Asked { waiting: &line.waiting, id }, reply))
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        let mut open = self.waiting.lock();
        // Once answered, the id is free, and may be another question's by now.
        if open.get(&self.id).is_some_and(|open| open.tell.is_closed()) {
            open.remove(&self.id);
        }
    }
}

/// Reads what comes in on a socket, for as long as anybody may ask there.
async fn read(socket: Arc<UdpSocket>, waiting: Arc<Waiting>) {
    let mut buffer = vec![0; MAX_PACKET];
    loop {
        match socket.recv(&mut buffer).await {
            Ok(length) => waiting.deliver(buffer.get(..length).unwrap_or_default()),
            // The network says that nobody listens. That can be forged, and it may change.
            Err(_) => sleep(Duration::from_millis(20)).await,
        }
    }
}

#[derive(Debug, PartialEq)]
enum Fit {
    Yes,
    OtherCase,
    No,
}

/// Whether a packet with a question's id answers it. A refusal may leave the question out; what
/// holds answers may not. What cannot be read at all is the answer of a broken resolver.
fn fit(asked: &[u8], packet: &[u8]) -> Fit {
    let Some((header, rest)) = packet.split_first_chunk::<HEADER>() else { return Fit::Yes };
    let [_, _, flags, codes, high, low, ..] = *header;
    if flags & 0x80 == 0 {
        return Fit::No;
    }
    match (u16::from_be_bytes([high, low]), rest.get(..asked.len())) {
        (0, _) if codes & 0x0f != 0 => Fit::Yes,
        (1, Some(question)) if question == asked => Fit::Yes,
        (1, Some(question)) if question.eq_ignore_ascii_case(asked) => Fit::OtherCase,
        _ if Message::from_vec(packet).is_err() => Fit::Yes,
        _ => Fit::No,
    }
}

/// The question section of a packet with one question.
fn question(packet: &[u8]) -> Option<&[u8]> {
    let rest = packet.get(HEADER..)?;
    let mut end = 0;
    loop {
        let label = usize::from(*rest.get(end)?);
        end += 1 + label;
        if label == 0 {
            return rest.get(..end + 4);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &[u8] = b"\x04sItE\x07exAmple\0\0\x01\0\x01";

    fn packet(flags: [u8; 2], count: u8, question: &[u8]) -> Vec<u8> {
        let header = [7, 9, flags[0], flags[1], 0, count, 0, 0, 0, 0, 0, 0];
        [&header[..], question].concat()
    }

    #[test]
    fn an_answer_repeats_the_question_letter_by_letter() {
        let answer = |question: &[u8]| fit(QUESTION, &packet([0x81, 0x80], 1, question));
        assert_eq!(answer(QUESTION), Fit::Yes);
        assert_eq!(answer(&QUESTION.to_ascii_lowercase()), Fit::OtherCase);
        assert_eq!(answer(b"\x04sItF\x07exAmple\0\0\x01\0\x01"), Fit::No);
        assert_eq!(answer(b"\x04sItE\x07exAmple\0\0\x1c\0\x01"), Fit::No);
        // Its own id and nothing that can be read: a resolver that is broken.
        assert_eq!(answer(b"\xff\xff"), Fit::Yes);
    }

    #[test]
    fn a_question_is_no_answer_and_only_a_refusal_may_come_without_one() {
        assert_eq!(fit(QUESTION, &packet([0x01, 0], 1, QUESTION)), Fit::No);
        assert_eq!(fit(QUESTION, &packet([0x81, 0x85], 0, b"")), Fit::Yes);
        assert_eq!(fit(QUESTION, &packet([0x81, 0x80], 0, b"")), Fit::No);
        assert_eq!(fit(QUESTION, &[7, 9, 0x81]), Fit::Yes);
    }

    #[test]
    fn the_question_section_ends_behind_type_and_class() {
        assert_eq!(question(&packet([0x01, 0], 1, QUESTION)), Some(QUESTION));
        assert_eq!(question(&packet([0x01, 0], 1, b"\xff")), None);
        assert_eq!(question(&[0; 5]), None);
    }

    #[test]
    fn an_id_that_is_free_again_belongs_to_who_took_it() {
        let waiting = Waiting::default();
        let ask = || {
            let (tell, reply) = oneshot::channel();
            waiting.lock().insert(0x0709, Open { question: QUESTION.to_vec(), tell });
            (Asked { waiting: &waiting, id: 0x0709 }, reply)
        };
        let first = ask();
        waiting.deliver(&packet([0x81, 0x80], 1, QUESTION));
        let second = ask();
        drop((first.1, first.0));
        assert_eq!(waiting.lock().len(), 1);
        drop((second.1, second.0));
        assert!(waiting.lock().is_empty());
    }

    /// A resolver that answers each question with what `say` makes of its packet.
    async fn resolver(say: fn(Vec<u8>) -> Vec<Vec<u8>>) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            loop {
                let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
                for reply in say(buffer[..length].to_vec()) {
                    socket.send_to(&reply, from).await.unwrap();
                }
            }
        });
        address
    }

    fn answer(mut packet: Vec<u8>) -> Vec<u8> {
        packet[2] |= 0x80;
        packet
    }

    const TIME: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn forged_answers_are_waited_out_until_the_true_one_comes() {
        let say = |asked: Vec<u8>| {
            let mut other_id = answer(asked.clone());
            other_id[1] ^= 1;
            let mut other_name = answer(asked.clone());
            other_name[HEADER + 1] ^= 1;
            vec![other_id, other_name, asked.clone(), vec![], answer(asked)]
        };
        let sockets = Sockets::new(resolver(say).await);
        for _ in 0..2 * SOCKETS {
            let asked = packet([0x01, 0], 1, QUESTION);
            let Some(Reply::Answer(reply)) = sockets.ask(asked.clone(), TIME).await.unwrap() else {
                panic!("no answer");
            };
            assert_eq!(reply[2..], answer(asked)[2..]);
        }
        let lines = sockets.lines.iter().filter_map(|line| line.lock().unwrap().clone());
        assert!(lines.into_iter().all(|line| line.waiting.lock().is_empty()));
    }

    #[tokio::test]
    async fn a_resolver_that_does_not_keep_the_case_is_told_from_one_that_does() {
        let say = |asked: Vec<u8>| vec![answer(asked).to_ascii_lowercase()];
        let sockets = Sockets::new(resolver(say).await);
        // Only letters of the name are letters here: header and type are none.
        let asked = packet([0x01, 0], 1, QUESTION);
        let reply = loop {
            // An id may hold a letter, which this resolver spoils too.
            if let Some(reply) =
                sockets.ask(asked.clone(), Duration::from_millis(200)).await.unwrap()
            {
                break reply;
            }
        };
        assert_eq!(reply, Reply::OtherCase);
    }

    #[tokio::test(start_paused = true)]
    async fn ports_change_with_questions_and_with_time() {
        let sockets = Sockets::new("127.0.0.1:9".parse().unwrap());
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..SOCKETS * (QUESTIONS + 2) {
            seen.insert(sockets.line().await.unwrap().socket.local_addr().unwrap().port());
        }
        assert!(seen.len() > SOCKETS && seen.len() <= 2 * SOCKETS, "{}", seen.len());
        tokio::time::advance(AGE).await;
        let later = sockets.line().await.unwrap().socket.local_addr().unwrap().port();
        assert!(!seen.contains(&later));
    }
}
