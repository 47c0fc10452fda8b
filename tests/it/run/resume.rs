//! Interrupted runs: nothing lost, nothing done twice, nothing overwritten silently.

use super::*;

fn slow() -> Arc<Plain> {
    Plain::new(|domain, number| match (domain.starts_with("site1"), number) {
        (true, 1) => (5, refused(domain)),
        _ => (5, page(domain)),
    })
}

fn resumed(folder: &Path) -> Plan<'static> {
    Plan { unfinished: Unfinished::Resume, concurrency: 2, ..plan(folder) }
}

/// A list that must not be read.
fn unread() -> Vec<Row> {
    vec![filing(2, "unread.example")]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_goes_on_where_it_stopped() {
    let (whole, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    all(list(30), &slow(), &plan(whole.path())).await.unwrap();

    let first = slow();
    let stopped = part(list(30), &first, &resumed(folder.path()), 9).await.unwrap_err();
    assert_eq!(stopped.exit_code(), 130);
    assert!(stopped.to_string().contains("--resume"), "{stopped}");
    assert!(!folder.path().join("notices.csv").exists());

    let second = slow();
    all(unread(), &second, &resumed(folder.path())).await.unwrap();
    for file in ["notices.csv", "audits.jsonl", "rejected.csv", "evidence/index.csv"] {
        assert_eq!(read(folder.path(), file), read(whole.path(), file), "{file}");
    }
    assert!(second.asked().len() < 24, "settled sites were looked at again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_run_is_not_overwritten_silently() {
    let folder = tempfile::tempdir().unwrap();
    part(list(30), &slow(), &plan(folder.path()), 3).await.unwrap_err();
    let error = all(list(30), &slow(), &plan(folder.path())).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("--resume") && text.contains("--restart"), "{text}");
    assert_eq!(error.exit_code(), 2);

    let plan = Plan { unfinished: Unfinished::Restart, ..plan(folder.path()) };
    let summary = all(list(4), &slow(), &plan).await.unwrap();
    assert_eq!(summary.rows, 4, "the unfinished run was discarded");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_list_or_another_setting_is_named() {
    let folder = tempfile::tempdir().unwrap();
    part(list(30), &slow(), &plan(folder.path()), 3).await.unwrap_err();
    let other = Plan {
        fingerprint: BTreeMap::from([
            ("list".to_owned(), "two".to_owned()),
            ("rules".to_owned(), "ICP".to_owned()),
        ]),
        keep: Keep::All,
        ..resumed(folder.path())
    };
    let error = all(unread(), &slow(), &other).await.unwrap_err();
    assert!(error.to_string().contains("(evidence, list, rules)"), "{error}");
    assert_eq!(error.exit_code(), 2);
    all(unread(), &slow(), &resumed(folder.path())).await.expect("the run can still be resumed");
}

#[tokio::test(flavor = "multi_thread")]
async fn resuming_what_never_began_begins_it() {
    let folder = tempfile::tempdir().unwrap();
    let summary = all(list(4), &slow(), &resumed(&folder.path().join("new"))).await.unwrap();
    assert_eq!((summary.rows, summary.ended_before), (4, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn resuming_a_finished_run_says_so_and_ends_as_it_did() {
    for keep in [Keep::Findings, Keep::None] {
        let folder = tempfile::tempdir().unwrap();
        let finished = all(list(4), &slow(), &Plan { keep, ..plan(folder.path()) }).await.unwrap();
        let eyes = slow();
        let again = all(unread(), &eyes, &Plan { keep, ..resumed(folder.path()) }).await.unwrap();
        assert!(again.ended_before && eyes.asked().is_empty());
        assert_eq!(again.exit_code(), finished.exit_code());
        assert_eq!(Summary { ended_before: false, ..again }, finished);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_run_is_replaced_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    all(list(8), &slow(), &plan(folder.path())).await.unwrap();
    let summary = all(list(4), &slow(), &plan(folder.path())).await.unwrap();
    assert_eq!((summary.rows, audits(folder.path()).len()), (4, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_killed_at_any_byte_can_be_resumed() {
    let (whole, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    all(list(12), &slow(), &plan(whole.path())).await.unwrap();
    part(list(12), &slow(), &plan(killed.path()), 5).await.unwrap_err();
    let journal = std::fs::read(killed.path().join("spool/journal")).unwrap();
    let exchanges = std::fs::read(killed.path().join("spool/exchanges.warc.gz")).unwrap();
    // The header is written at once; behind it the journal may end anywhere.
    let header = 14 + 9 + u32::from_le_bytes(journal[15..19].try_into().unwrap()) as usize;
    let cuts = (header..=journal.len()).step_by(97).map(|cut| (cut, 0, 0));
    // Behind the end there may be bytes of another file, or zeros as after a power cut.
    let behind = [(journal.len(), 0xa5, 5), (journal.len() - 1, 0xa5, 300)];
    let zeros = [(journal.len(), 0, 4096), (journal.len() - 700, 0, 700)];
    for (cut, garbage, length) in cuts.chain(behind).chain(zeros) {
        let folder = tempfile::tempdir().unwrap();
        let spool = folder.path().join("spool");
        std::fs::create_dir(&spool).unwrap();
        let mut bytes = journal[..cut].to_vec();
        bytes.extend(std::iter::repeat_n(garbage, length));
        std::fs::write(spool.join("journal"), bytes).unwrap();
        std::fs::write(spool.join("exchanges.warc.gz"), &exchanges).unwrap();
        let plan = Plan { second_look_after: Duration::ZERO, ..resumed(folder.path()) };
        all(list(12), &slow(), &plan).await.unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        for file in ["notices.csv", "audits.jsonl", "rejected.csv", "evidence/index.csv"] {
            assert_eq!(read(folder.path(), file), read(whole.path(), file), "{file}, cut at {cut}");
        }
    }
}

/// Journal and exchanges are two files: of the last looks the one may have reached the disk and
/// the other not, and a file may have its length and zeros in place of its bytes.
#[tokio::test(flavor = "multi_thread")]
async fn exchanges_that_never_reached_the_disk_are_not_believed() {
    let cut = tempfile::tempdir().unwrap();
    let all_kept = |folder: &Path| Plan { keep: Keep::All, ..resumed(folder) };
    part(list(12), &slow(), &all_kept(cut.path()), 5).await.unwrap_err();
    let spool = cut.path().join("spool");
    // The mark that says that all is on the disk is the last record, and has no payload.
    let journal = std::fs::read(spool.join("journal")).unwrap();
    std::fs::write(spool.join("journal"), &journal[..journal.len() - 9]).unwrap();
    let mut exchanges = std::fs::read(spool.join("exchanges.warc.gz")).unwrap();
    let lost = exchanges.len() / 2;
    exchanges[lost..].fill(0);
    std::fs::write(spool.join("exchanges.warc.gz"), &exchanges).unwrap();
    all(unread(), &slow(), &all_kept(cut.path())).await.unwrap();
    let warc = std::fs::read(cut.path().join("evidence/beian-00001.warc.gz")).unwrap();
    let mut text = String::new();
    let mut reader = flate2::read::MultiGzDecoder::new(warc.as_slice());
    std::io::Read::read_to_string(&mut reader, &mut text).expect("every record is whole");
    assert!(text.contains("site10.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_do_not_write_into_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let held = beian::spool::Folder::take(folder.path()).unwrap();
    let error = all(list(4), &slow(), &plan(folder.path())).await.unwrap_err();
    assert!(error.to_string().contains("in use by another run"), "{error}");
    drop(held);
    all(list(4), &slow(), &plan(folder.path())).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_journal_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("spool")).unwrap();
    std::fs::write(folder.path().join("spool/journal"), "something else entirely").unwrap();
    let error = all(list(4), &slow(), &resumed(folder.path())).await.unwrap_err();
    assert!(error.to_string().contains("spool/journal cannot be read"), "{error}");
    let plan = Plan { unfinished: Unfinished::Restart, ..plan(folder.path()) };
    all(list(4), &slow(), &plan).await.unwrap();
}
