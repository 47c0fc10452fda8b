use super::{Member, SpoolError, warc, warc::PICTURE};
use jiff::Timestamp;
use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// A new file is begun when the current one has grown to this size.
const ROTATE_AT: u64 = 256 << 20;

/// The folder `evidence/` while it is written: it stands beside the one of the last run
/// and takes its place when it is whole.
pub struct Archive {
    part: PathBuf,
    place: PathBuf,
    at: Timestamp,
    rotate_at: u64,
    index: csv::Writer<File>,
    file: Option<Volume>,
    volumes: u32,
}

/// One WARC file.
struct Volume {
    name: String,
    writer: BufWriter<File>,
    length: u64,
}

impl Archive {
    /// Begins the evidence files of a run that is said to have begun at this time.
    pub fn begin(output: &Path, at: Timestamp) -> Result<Archive, SpoolError> {
        let part = output.join(".evidence.part");
        remove_folder(&part)?;
        fs::create_dir_all(&part).map_err(SpoolError::at(&part))?;
        let file = part.join("index.csv");
        let index = File::create(&file).map_err(SpoolError::at(&file))?;
        let mut index = csv::WriterBuilder::new().from_writer(index);
        let headings = ["domain", "url", "file", "offset", "length", "type"];
        index.write_record(headings).map_err(|e| SpoolError::Io(file, e.into()))?;
        let place = output.join("evidence");
        Ok(Archive { part, place, at, rotate_at: ROTATE_AT, index, file: None, volumes: 0 })
    }

    /// Adds a record of a site: its gzip member as it is, or a picture as a file of its own.
    pub fn add(&mut self, domain: &str, member: &Member, bytes: &[u8]) -> Result<(), SpoolError> {
        if member.kind == PICTURE {
            return self.add_picture(domain, member, bytes);
        }
        if self.file.as_ref().is_some_and(|volume| volume.length >= self.rotate_at) {
            self.close()?;
        }
        let volume = match &mut self.file {
            Some(volume) => volume,
            none => none.insert(Volume::begin(&self.part, &mut self.volumes, self.at)?),
        };
        let (name, at) = (volume.name.clone(), volume.length);
        volume.write(bytes).map_err(SpoolError::at(&self.part))?;
        self.index(domain, member, &name, at, bytes.len())
    }

    /// A site's first picture is called after its domain, further ones after their hosts.
    fn add_picture(
        &mut self,
        domain: &str,
        member: &Member,
        bytes: &[u8],
    ) -> Result<(), SpoolError> {
        const LIKE_NAMED: u32 = 1_000;
        let (domain_name, host) = (file_name(domain), file_name(&member.url));
        let further = (2..LIKE_NAMED).map(|number| format!("{host}-{number}.png"));
        let names = [format!("{domain_name}.png"), format!("{host}.png")].into_iter();
        for name in names.chain(further) {
            let path = self.part.join(&name);
            match File::create_new(&path) {
                Ok(mut file) => {
                    file.write_all(bytes).map_err(SpoolError::at(&path))?;
                    return self.index(domain, member, &name, 0, bytes.len());
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(SpoolError::Io(path, error)),
            }
        }
        Ok(())
    }

    fn index(
        &mut self,
        domain: &str,
        member: &Member,
        file: &str,
        at: u64,
        length: usize,
    ) -> Result<(), SpoolError> {
        let (at, length) = (at.to_string(), length.to_string());
        let row = [domain, &member.url, file, &at, &length, &member.kind];
        let file = self.part.join("index.csv");
        self.index.write_record(row).map_err(|e| SpoolError::Io(file, e.into()))
    }

    /// Puts the files in their place, in place of those of the last run.
    pub fn finish(mut self) -> Result<(), SpoolError> {
        self.close()?;
        let old = self.part.with_file_name(".evidence.old");
        let at = SpoolError::at;
        self.index.flush().map_err(at(&self.part))?;
        self.index.get_ref().sync_all().map_err(at(&self.part))?;
        remove_folder(&old)?;
        match fs::rename(&self.place, &old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(SpoolError::Io(self.place.clone(), error));
            }
            _ => {}
        }
        fs::rename(&self.part, &self.place).map_err(at(&self.place))?;
        remove_folder(&old)
    }

    /// Removes the evidence files of a run before this one, where none are to be kept.
    pub fn remove(output: &Path) -> Result<(), SpoolError> {
        remove_folder(&output.join("evidence"))
    }

    /// The domains that the evidence files of a folder hold something of.
    pub fn domains(output: &Path) -> Result<HashSet<String>, SpoolError> {
        let path = output.join("evidence/index.csv");
        let mut domains = HashSet::new();
        let Ok(mut index) = csv::Reader::from_path(&path) else { return Ok(domains) };
        for row in index.records() {
            let row = row.map_err(|error| SpoolError::Io(path.clone(), error.into()))?;
            if let Some(domain) = row.get(0)
                && !domains.contains(domain)
            {
                domains.insert(domain.to_owned());
            }
        }
        Ok(domains)
    }

    fn close(&mut self) -> Result<(), SpoolError> {
        let Some(mut volume) = self.file.take() else { return Ok(()) };
        volume.writer.flush().map_err(SpoolError::at(&self.part))?;
        volume.writer.get_ref().sync_all().map_err(SpoolError::at(&self.part))
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // What is whole has been moved to its place; half an archive is of no use.
        let _ = remove_folder(&self.part);
    }
}

impl Volume {
    fn begin(folder: &Path, volumes: &mut u32, at: Timestamp) -> Result<Volume, SpoolError> {
        *volumes += 1;
        let name = format!("beian-{volumes:05}.warc.gz");
        let path = folder.join(&name);
        let file = File::create(&path).map_err(SpoolError::at(&path))?;
        let mut volume =
            Volume { writer: BufWriter::with_capacity(1 << 16, file), length: 0, name };
        let first = warc::warcinfo(&volume.name, at).map_err(SpoolError::at(&path))?;
        volume.write(&first).map_err(SpoolError::at(&path))?;
        Ok(volume)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// A host as the name of a file, on every system.
fn file_name(host: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let name: String = host.chars().map(|c| if safe(c) { c } else { '_' }).take(200).collect();
    name.trim_start_matches('.').to_owned()
}

fn remove_folder(path: &Path) -> Result<(), SpoolError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(SpoolError::Io(path.to_owned(), error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_named_by_their_domain_and_never_leave_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = Archive::begin(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
        for host in ["site.example", "www.site.example", "www.site.example", "../../x"] {
            let member =
                Member { url: host.to_owned(), kind: PICTURE.to_owned(), offset: 0, length: 3 };
            archive.add("site.example", &member, b"png").unwrap();
        }
        archive.finish().unwrap();
        let index = fs::read_to_string(folder.path().join("evidence/index.csv")).unwrap();
        let files: Vec<&str> = index.lines().filter_map(|line| line.split(',').nth(2)).collect();
        assert_eq!(
            files,
            [
                "file",
                "site.example.png",
                "www.site.example.png",
                "www.site.example-2.png",
                "_.._x.png"
            ]
        );
        for file in &files[1..] {
            assert_eq!(fs::read(folder.path().join("evidence").join(file)).unwrap(), b"png");
        }
    }

    #[test]
    fn files_are_rotated_by_size_and_each_begins_with_its_own_description() {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = Archive::begin(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
        archive.rotate_at = 1000;
        let member = Member {
            url: "https://site.example/".to_owned(),
            kind: "response".to_owned(),
            offset: 0,
            length: 600,
        };
        for _ in 0..3 {
            archive.add("site.example", &member, &[0; 600]).unwrap();
        }
        archive.finish().unwrap();
        let index = fs::read_to_string(folder.path().join("evidence/index.csv")).unwrap();
        let files: Vec<&str> = index.lines().filter_map(|line| line.split(',').nth(2)).collect();
        assert_eq!(
            files,
            ["file", "beian-00001.warc.gz", "beian-00001.warc.gz", "beian-00002.warc.gz"]
        );
        for file in &files[1..] {
            let bytes = fs::read(folder.path().join("evidence").join(file)).unwrap();
            let mut text = String::new();
            let mut reader = flate2::read::GzDecoder::new(bytes.as_slice());
            io::Read::read_to_string(&mut reader, &mut text).unwrap();
            assert!(text.contains("WARC-Type: warcinfo") && text.contains(file));
        }
        assert!(!folder.path().join(".evidence.part").exists());
    }
}
