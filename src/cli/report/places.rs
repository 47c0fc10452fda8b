//! Files and folders of reports: put in their place when they are whole.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::path::Path;
use tempfile::{NamedTempFile, TempDir};

/// Writes a file beside its place and puts it there when it is whole.
pub(super) fn whole<T>(path: &Path, write: impl FnOnce(File) -> Result<T>) -> Result<T> {
    let named = || path.display().to_string();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(named)?;
    let part = NamedTempFile::new_in(folder).with_context(named)?;
    let file = part.reopen().with_context(named)?;
    let written = write(file).with_context(named)?;
    open_to_readers(part.path()).with_context(named)?;
    part.persist(path).with_context(named)?;
    Ok(written)
}

/// A temporary file is its owner's alone; a report is read by others as any file is.
pub(super) fn open_to_readers(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let is_folder = path.is_dir();
        let mode = if is_folder { 0o755 } else { 0o644 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// What tells a folder of ours from any other, so that nothing else is ever replaced.
const MARK: &str = ".beian-report";

/// A folder beside the one that it will be.
pub(super) fn begin_folder(folder: &Path) -> Result<TempDir> {
    let named = || folder.display().to_string();
    if folder.exists() && !folder.join(MARK).exists() {
        let mut inside = std::fs::read_dir(folder).with_context(named)?;
        if inside.next().is_some() {
            bail!(
                "{}: the folder holds something that is no report of ours, and is left alone; \
                 name a new one",
                named()
            );
        }
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).with_context(named)?;
    let part = tempfile::Builder::new().prefix(".beian-").tempdir_in(parent).with_context(named)?;
    std::fs::write(part.path().join(MARK), "").with_context(named)?;
    Ok(part)
}

/// Puts a folder in its place.
pub(super) fn end_folder(part: TempDir, folder: &Path) -> Result<()> {
    let named = || folder.display().to_string();
    open_to_readers(part.path()).with_context(named)?;
    if folder.exists() {
        let old = tempfile::Builder::new()
            .prefix(".beian-")
            .tempdir_in(
                folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")),
            )
            .with_context(named)?;
        std::fs::rename(folder, old.path().join("old")).with_context(named)?;
    }
    std::fs::rename(part.keep(), folder).with_context(named)
}
